import { expectList, expectMap, expectText, fieldOf, listOf, textOf } from '../fields.ts';
import { parseJson } from '../parse-json.ts';
import { PerfkitError } from '../../../model/errors.ts';
import { isStaticAsset } from './static-asset.ts';
import type { Field } from '../fields.ts';
import type { ImportInput, Imported, ImportedRequest } from '../importer.ts';

const maxEntries = 100_000;
/** A shorter wait is the browser at work, not a person. */
const minPauseMs = 1_000;

/**
 * An HTTP archive 1.2, as browsers and proxies save it: one flow with every request in order. Requests that got no
 * reply, and images, fonts, styles and scripts unless `keepStatic`, are left out and counted.
 */
export function importHar({ text, file, keepStatic }: ImportInput): Imported {
  const root: Field = {
    value: parseJson(text, file, 'an HTTP archive (HAR, a JSON file)'),
    place: `${file}: $`,
  };
  expectMap(root);
  const entries = expectList(fieldOf(fieldOf(root, 'log'), 'entries'));
  if (entries.length > maxEntries)
    throw new PerfkitError(
      'scenario',
      `${file}: expected at most ${maxEntries} entries, got ${entries.length}`,
    );
  const requests: ImportedRequest[] = [];
  const counts = { assets: 0, unanswered: 0 };
  let endMs = NaN;
  for (const entry of entries) {
    const request = readRequest(entry);
    const pauseMs = startMs(entry) - endMs;
    if (statusOf(entry) === 0) counts.unanswered++;
    else if (!keepStatic && isStaticAsset(entry, request.url)) counts.assets++;
    else {
      const pause = pauseMs >= minPauseMs ? `${Math.round(pauseMs / 100) / 10} s after the one before` : null;
      requests.push({ ...request, comment: pause });
      endMs = startMs(entry) + durationMs(entry);
    }
  }
  const notes = [
    ...(counts.assets > 0 ? [`Left out, ${counts.assets} static files; --static keeps them.`] : []),
    ...(counts.unanswered > 0 ? [`Left out, ${counts.unanswered} requests without a reply.`] : []),
  ];
  return { flows: [{ name: 'recorded', requests }], notes, title: null };
}

function readRequest(entry: Field): Omit<ImportedRequest, 'comment'> {
  const request = fieldOf(entry, 'request');
  expectMap(request);
  const status = statusOf(entry);
  return {
    method: expectText(fieldOf(request, 'method')),
    url: expectText(fieldOf(request, 'url')),
    headers: listOf(fieldOf(request, 'headers')).map((header) => [
      expectText(fieldOf(header, 'name')),
      expectText(fieldOf(header, 'value')),
    ]),
    body: bodyOf(fieldOf(request, 'postData')),
    // Without the condition that made it a 304 the reply comes in full.
    status: status === 304 ? [200, 304] : status >= 100 && status <= 599 ? [status] : [],
    name: null,
  };
}

/** The text, or the fields of a form that were recorded in its place. */
function bodyOf(postData: Field): string | null {
  const text = textOf(fieldOf(postData, 'text'));
  if (text !== null && text !== '') return text;
  const params = listOf(fieldOf(postData, 'params'));
  if (params.length === 0) return null;
  const pairs = params.map((param): [string, string] => [
    expectText(fieldOf(param, 'name')),
    textOf(fieldOf(param, 'value')) ?? '',
  ]);
  return new URLSearchParams(pairs).toString();
}

function statusOf(entry: Field): number {
  const { value } = fieldOf(fieldOf(entry, 'response'), 'status');
  return typeof value === 'number' && Number.isInteger(value) ? value : 0;
}

function startMs(entry: Field): number {
  return Date.parse(textOf(fieldOf(entry, 'startedDateTime')) ?? '');
}

function durationMs(entry: Field): number {
  const { value } = fieldOf(entry, 'time');
  return typeof value === 'number' && value > 0 ? value : 0;
}
