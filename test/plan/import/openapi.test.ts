import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { parse } from 'yaml';
import { PerfkitError } from '../../../src/model/errors.ts';
import { fixture, headersOf, imported, planned, stepsOf } from './imported.ts';

describe('an OpenAPI description', () => {
  for (const [kind, text] of [
    ['YAML', fixture('shop-api.yaml')],
    ['JSON', JSON.stringify(parse(fixture('shop-api.yaml')))],
  ] as const) {
    test(`${kind}: a flow a tag, a request an operation, with values from examples, defaults and schemas`, async () => {
      const result = imported('openapi', text);
      const plan = await planned(result);
      assert.equal(plan.scenario.name, 'Shop-orders-items');
      assert.equal(plan.target.origin, 'http://127.0.0.1:8080');
      assert.deepEqual(
        plan.flows.map(({ name, steps }) => [name, steps.length]),
        [
          ['items', 3],
          ['orders', 1],
        ],
      );
      const [list, create, item, notes] = plan.flows.flatMap(({ steps }) => steps);
      assert.ok(list && create && item && notes);
      assert.equal(list.path, '/v1/items?page=1&tag=new&tag=on%20sale');
      assert.deepEqual(headersOf(list), { 'x-tenant': 'acme' });
      assert.deepEqual(list.expectStatus, [200]);
      assert.equal(headersOf(create)['authorization'], 'Bearer ${secret:LOAD_BEARER}');
      const body: unknown = JSON.parse(create.body ?? '');
      assert.deepEqual(Object.keys(body ?? {}), ['name', 'price', 'parent', 'kind']);
      assert.deepEqual(
        { ...Object(body), parent: 0 },
        { name: 'examplexxx', price: 0.5, parent: 0, kind: 'book' },
      );
      assert.deepEqual(create.expectStatus, [201]);
      assert.equal(item.path, '/v1/items/7?api_key=${secret:LOAD_KEY}');
      assert.deepEqual(item.expectStatus, []);
      assert.equal(notes.path, '/v1/orders/00000000-0000-4000-8000-000000000000/notes');
      assert.equal(notes.body, 'text=hello+world&stars=5');
      assert.equal(headersOf(notes)['authorization'], 'Basic ${secret:LOAD_BASIC_CREDENTIALS}');
      assert.match(result.notes.join('\n'), /2 operations change data/);
    });
  }

  test('a server without a host is said to be missing; a reference to another file is not followed', async () => {
    const description = {
      openapi: '3.0.0',
      servers: [{ url: '/base/' }],
      paths: {
        '/a/{x}': { get: { parameters: [{ $ref: 'other.yaml#/x' }] } },
        '/loop': { $ref: '#/paths/~1loop' },
      },
    };
    const result = imported('openapi', JSON.stringify(description));
    assert.match(result.notes.join('\n'), /does not say where its server is/);
    assert.match(result.notes.join('\n'), /other files are not followed/);
    assert.deepEqual(
      (await planned(result)).flows[0]?.steps.map(({ path }) => path),
      ['/base/a/1'],
    );
  });

  test('a format with the name of a built-in property is one that nobody knows', async () => {
    const schema = { type: 'string', format: 'valueOf' };
    const [step] = await stepsOf(
      'openapi',
      JSON.stringify({
        openapi: '3.1.0',
        paths: { '/a': { get: { parameters: [{ name: 'q', in: 'query', required: true, schema }] } } },
      }),
    );
    assert.equal(step?.path, '/a?q=example');
  });

  test('an example that says ${env:HOME} is sent as it is and reads no variable', async () => {
    const [step] = await stepsOf(
      'openapi',
      JSON.stringify({
        openapi: '3.0.0',
        paths: {
          '/a': {
            post: { requestBody: { content: { 'application/json': { example: { x: '${env:HOME}' } } } } },
          },
        },
      }),
    );
    assert.deepEqual(JSON.parse(step?.body ?? ''), { x: '${env:HOME}' });
  });

  test('Swagger 2, and what is no description, are refused', () => {
    assert.throws(() => imported('openapi', 'swagger: "2.0"\n'), /Swagger 2: convert it/);
    assert.throws(() => imported('openapi', '{"a":1}'), /expected an OpenAPI 3 description/);
    assert.throws(() => imported('openapi', 'a: [1\nb'), PerfkitError);
    assert.throws(
      () => imported('openapi', '{"openapi":"3.0.0","paths":{"/a":{"get":[]}}}'),
      /\$\.paths\."?\/a"?\.get: expected a map/,
    );
    assert.throws(() => imported('openapi', '{"openapi":"3.0.0","paths":{}}'), /expected a request/);
  });

  test('whatever schemas and parameters come, there is a scenario that is sound or a PerfkitError', async () => {
    // small ones: what may go wrong is in their shapes, and planning a large scenario takes a tenth of a second
    const json = fc.jsonValue({ maxDepth: 2 });
    const { schema } = fc.letrec((tie) => ({
      schema: fc.oneof(
        { maxDepth: 5 },
        fc.record({ type: fc.constantFrom('string', 'integer', 'number', 'boolean', 'null', 'file') }),
        fc.record({
          type: fc.constant('string'),
          format: fc.string(),
          minLength: fc.integer(),
          maxLength: fc.integer(),
        }),
        fc.record({
          $ref: fc.constantFrom(
            '#/components/schemas/A',
            '#/components/schemas/B',
            '#/x',
            'y.json',
            '#/components/schemas/toString',
          ),
        }),
        fc.record({ example: json }),
        json,
        fc.record({
          type: fc.constant('array'),
          items: tie('schema'),
          minItems: fc.integer({ min: 0, max: 3 }),
        }),
        fc.record({ properties: fc.dictionary(fc.string(), tie('schema')), required: fc.array(fc.string()) }),
        fc.record({ allOf: fc.array(tie('schema'), { maxLength: 3 }) }),
        fc.record({ oneOf: fc.array(tie('schema'), { maxLength: 3 }) }),
      ),
    }));
    const parameter = fc.record({
      name: fc.string(),
      in: fc.constantFrom('path', 'query', 'header', 'cookie', 'x'),
      required: fc.boolean(),
      schema,
    });
    const operation = fc.record(
      {
        tags: fc.oneof(fc.array(fc.string()), json),
        summary: fc.string({ unit: 'binary' }),
        parameters: fc.oneof(fc.array(parameter), json),
        requestBody: fc.record({
          content: fc.dictionary(
            fc.constantFrom(
              'application/json',
              'text/plain',
              'application/x-www-form-urlencoded',
              'image/png',
            ),
            fc.record({ schema }),
          ),
        }),
        responses: fc.dictionary(fc.constantFrom('200', '204', '2XX', 'default', 'x'), json),
        security: fc.array(fc.dictionary(fc.constantFrom('k', 'b', 'none'), fc.constant([]))),
      },
      { requiredKeys: [] },
    );
    const description = fc.record({
      openapi: fc.constant('3.1.0'),
      info: fc.record({ title: fc.string({ unit: 'binary' }) }),
      servers: fc.oneof(
        json,
        fc.array(fc.record({ url: fc.oneof(fc.webUrl(), fc.string(), fc.constant('/v1')) })),
      ),
      paths: fc.dictionary(
        fc.string().map((text) => `/${text}`),
        fc.dictionary(fc.constantFrom('get', 'post', 'delete', 'trace'), operation),
        { maxKeys: 2 },
      ),
      components: fc.record({
        schemas: fc.record({ A: schema, B: schema }),
        securitySchemes: fc.constant({
          k: { type: 'apiKey', in: 'header', name: 'X-Key' },
          b: { type: 'http', scheme: 'bearer' },
        }),
      }),
    });
    await fc.assert(
      fc.asyncProperty(description, async (value) => {
        try {
          await planned(imported('openapi', JSON.stringify(value)));
        } catch (error) {
          assert.ok(error instanceof PerfkitError, error instanceof Error ? error.stack : '');
          assert.doesNotMatch(error.message, /x\.perfkit\.yaml/);
        }
      }),
      { numRuns: 150 },
    );
  });
});
