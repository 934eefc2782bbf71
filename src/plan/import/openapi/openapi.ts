import { PerfkitError } from '../../../model/errors.ts';
import { readYaml } from '../../read/read-yaml.ts';
import { problemsError, toProblems } from '../../problems/problem.ts';
import { entriesOf, expectMap, fieldOf, textOf } from '../fields.ts';
import { parseJson } from '../parse-json.ts';
import { createResolver } from './resolve-ref.ts';
import { requestBody } from './request-body.ts';
import { readParameters } from './parameters.ts';
import { credentialsOf } from './credentials.ts';
import { serverUrl } from './server-url.ts';
import type { Field } from '../fields.ts';
import type { ImportInput, Imported, ImportedRequest } from '../importer.ts';
import type { Resolve } from './resolve-ref.ts';

const methods = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options'] as const;
const changing: ReadonlySet<string> = new Set(['post', 'put', 'patch', 'delete']);
const maxOperations = 10_000;

/**
 * An OpenAPI 3 description, JSON or YAML: one flow for each tag with a request for each operation. Values come from
 * examples and defaults, else the least that a schema allows; credentials from the security schemes, as secrets.
 */
export function importOpenApi({ text, file, secrets }: ImportInput): Imported {
  const root = readRoot(text, file);
  const notes = new Set<string>();
  const resolve = createResolver(root, notes);
  const base = serverUrl(root, notes);
  const flows = new Map<string, ImportedRequest[]>();
  let changes = 0;
  for (const { method, path, item, operation } of operationsOf(root, resolve)) {
    const request = (): ImportedRequest => {
      const parameters = readParameters(
        [fieldOf(item, 'parameters'), fieldOf(operation, 'parameters')],
        resolve,
      );
      const credentials = credentialsOf(root, operation, resolve, secrets, notes);
      const body = requestBody(fieldOf(operation, 'requestBody'), resolve, notes);
      const query = [...parameters.query, ...credentials.query].join('&');
      const cookies = [...parameters.cookies, ...credentials.cookies].join('; ');
      return {
        method,
        url: `${base}${fillPath(path, parameters.path)}${query === '' ? '' : `?${query}`}`,
        headers: [
          ...parameters.headers,
          ...credentials.headers,
          ...(cookies === '' ? [] : [['cookie', cookies] as const]),
          ...(body === null ? [] : [['content-type', body.type] as const]),
        ],
        body: body?.text ?? null,
        status: successStatus(operation),
        name: `${method.toUpperCase()} ${path}`,
        comment: textOf(fieldOf(operation, 'summary')) ?? textOf(fieldOf(operation, 'operationId')),
      };
    };
    if (changing.has(method)) changes++;
    const tag = textOf(fieldOf(fieldOf(operation, 'tags'), 0)) ?? 'operations';
    const flow = flows.get(tag);
    if (flow === undefined) flows.set(tag, [request()]);
    else flow.push(request());
  }
  if (changes > 0)
    notes.add(
      `${changes} operations change data (POST, PUT, PATCH, DELETE): remove those that must not run often.`,
    );
  return {
    flows: Array.from(flows, ([name, requests]) => ({ name, requests })),
    notes: [...notes],
    title: textOf(fieldOf(fieldOf(root, 'info'), 'title')),
  };
}

function readRoot(text: string, file: string): Field {
  const root: Field = { value: parse(text, file), place: `${file}: $` };
  expectMap(root);
  const version = fieldOf(root, 'openapi').value;
  if (typeof version === 'string' && /^3\.\d/.test(version)) return root;
  const swagger = fieldOf(root, 'swagger').value;
  const came =
    swagger === undefined ? 'no `openapi: 3.x` at the top' : 'Swagger 2: convert it to OpenAPI 3 first';
  throw new PerfkitError('scenario', `${file}: expected an OpenAPI 3 description, got ${came}`);
}

function parse(text: string, file: string): unknown {
  if (/^\ufeff?\s*\{/.test(text)) return parseJson(text, file, 'an OpenAPI description');
  if (text.length > maxYamlChars)
    throw new PerfkitError(
      'scenario',
      `${file}: expected YAML of at most ${maxYamlChars} characters: convert it to JSON`,
    );
  const { document, faults } = readYaml(file, text);
  if (faults.length > 0) throw problemsError(toProblems(faults, document));
  return document.value;
}

/** The YAML parser takes a second for about so much. */
const maxYamlChars = 8_000_000;

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly item: Field;
  readonly operation: Field;
}

function operationsOf(root: Field, resolve: Resolve): Operation[] {
  const found: Operation[] = [];
  for (const [path, pathItem] of entriesOf(fieldOf(root, 'paths'))) {
    if (!path.startsWith('/')) continue;
    const item = resolve(pathItem);
    for (const method of methods) {
      const operation = fieldOf(item, method);
      if (operation.value === undefined) continue;
      expectMap(operation);
      found.push({ method, path, item, operation });
    }
  }
  if (found.length > maxOperations)
    throw new PerfkitError(
      'scenario',
      `${root.place}.paths: expected at most ${maxOperations} operations, got ${found.length}`,
    );
  return found;
}

/** Parameters that the description forgets get a value, too: the braces would be sent otherwise. */
function fillPath(path: string, values: ReadonlyMap<string, string>): string {
  return path.replace(/\{([^{}]{1,200})\}/g, (_, name: string) => values.get(name) ?? '1');
}

/** The first 2xx that is described; none: whatever is no error. */
function successStatus(operation: Field): number[] {
  const codes = entriesOf(fieldOf(operation, 'responses')).map(([code]) => code);
  const all = codes.filter((code) => /^2\d\d$/.test(code)).map(Number);
  return all.length === 0 || codes.some((code) => /^2xx$/i.test(code)) ? [] : all.slice(0, 10);
}
