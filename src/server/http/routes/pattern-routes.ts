import type { Pattern, PatternQuery } from '../../../components/store/index.ts';
import type { Services } from '../../services.ts';
import { fieldsOf, idOf, jsonOf, listOf, numberOf, queryNumber, wholeOf } from '../check-body.ts';
import { HttpError } from '../http-error.ts';
import { jsonReply } from '../route.ts';
import type { Reply, Route } from '../route.ts';

const mostIds = 200;
const mostPatterns = 500;
const longestBody = 16_384;

/** Patterns: one by its id, several by theirs or by a query, and writing many at once. */
export function patternRoutes({ patterns, today }: Services): Route[] {
  return [
    {
      method: 'GET',
      path: '/patterns/:id',
      async handle({ params }) {
        const json = await patterns.get(idOf(params['id'], 'the id of the pattern'));
        if (json === undefined) throw new HttpError(404, 'there is no such pattern');
        return { kind: 'json', status: 200, json };
      },
    },
    {
      method: 'GET',
      path: '/patterns',
      async handle({ query }) {
        const ids = query.get('ids');
        if (ids === null) return items(await patterns.query(parseQuery(query)));
        const list = ids.split(',', mostIds + 1);
        listOf(list, 'query parameter ids', mostIds);
        return items(await patterns.getMany(list.map((id) => idOf(id, 'query parameter ids'))));
      },
    },
    {
      method: 'POST',
      path: '/patterns',
      async handle(request) {
        const body = fieldsOf(await request.json(), 'body', ['patterns']);
        const nowMs = today();
        const list = listOf(body['patterns'], 'body.patterns', mostPatterns).map((one, index) =>
          parsePattern(one, `body.patterns[${index}]`, nowMs),
        );
        await patterns.put(list);
        return jsonReply({ stored: list.length }, 201);
      },
    },
  ];
}

function items(list: readonly string[]): Reply {
  return { kind: 'json', status: 200, json: `{"items":[${list.join(',')}]}` };
}

function parseQuery(query: URLSearchParams): PatternQuery {
  const type = query.get('type');
  const domain = query.get('domain');
  const confidence = query.get('minConfidence');
  return {
    ...(type === null ? {} : { type: idOf(type, 'query parameter type') }),
    ...(domain === null ? {} : { domain: idOf(domain, 'query parameter domain') }),
    ...(confidence === null
      ? {}
      : {
          minConfidence: numberOf(
            confidence === '' ? confidence : Number(confidence),
            'query parameter minConfidence',
            0,
            1,
          ),
        }),
    limit: queryNumber(query, 'limit', { fallback: 20, min: 1, max: 500 }),
    offset: queryNumber(query, 'offset', { fallback: 0, min: 0, max: 100_000 }),
  };
}

const fields = ['id', 'type', 'domain', 'confidence', 'usageCount', 'body'];

function parsePattern(value: unknown, where: string, nowMs: number): Pattern {
  const { id, type, domain, confidence, usageCount, body } = fieldsOf(value, where, fields);
  return {
    id: idOf(id, `${where}.id`),
    type: idOf(type, `${where}.type`),
    domain: idOf(domain, `${where}.domain`),
    confidence: numberOf(confidence, `${where}.confidence`, 0, 1),
    usageCount: usageCount === undefined ? 0 : wholeOf(usageCount, `${where}.usageCount`, 0, 1e12),
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
    lastUsedAtMs: null,
    body: Buffer.from(jsonOf(body, `${where}.body`, longestBody)),
  };
}
