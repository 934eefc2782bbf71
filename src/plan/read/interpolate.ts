import { secretNames } from '../../model/secrets.ts';
import { didYouMean } from '../problems/did-you-mean.ts';
import { printable } from '../problems/printable.ts';
import type { Fault, Path } from '../problems/problem.ts';

export type ProcessEnvironment = Readonly<Record<string, string | undefined>>;

export interface Interpolated {
  readonly value: unknown;
  readonly faults: readonly Fault[];
  /** Texts in which something was put in, by `JSON.stringify(path)`: how to get from an offset in the result back to the source. */
  readonly replaced: ReadonlyMap<string, (offset: number) => number>;
}

/**
 * Put environment variables in: `${env:NAME}` must be set, `${env:NAME:-text}` uses the text where it is unset or
 * empty. The result is text and is not looked at again. `${secret:NAME}` stays as it is, but must be set and stand
 * where secrets are taken out of everything that leaves the process. Other `${word:...}` are faults.
 */
export function interpolate(value: unknown, env: ProcessEnvironment): Interpolated {
  const faults: Fault[] = [];
  const replaced = new Map<string, (offset: number) => number>();
  const walk = (item: unknown, path: Path): unknown => {
    if (typeof item === 'string') return item.includes('${') ? replaceText(item, path) : item;
    if (Array.isArray(item)) return item.map((entry, index) => walk(entry, [...path, index]));
    if (item === null || typeof item !== 'object') return item;
    return Object.fromEntries(Object.entries(item).map(([key, entry]) => [key, walk(entry, [...path, key])]));
  };
  const replaceText = (text: string, path: Path): string => {
    const { result, segments, missing } = replaceEnv(text, env);
    for (const { name, offset } of missing) {
      const message = `the environment variable ${name} is not set: export ${name}, or give a default as \${env:${name}:-value}`;
      faults.push({ path, offset, message });
    }
    const toSource = (offset: number): number => sourceOffset(segments, offset);
    if (segments.length > 0) replaced.set(JSON.stringify(path), toSource);
    for (const fault of [...unknownReferences(result, path), ...secretFaults(result, path, env)]) {
      faults.push({ ...fault, offset: toSource(fault.offset) });
    }
    return result;
  };
  return { value: walk(value, []), faults, replaced };
}

interface Segment {
  readonly source: number;
  readonly sourceLength: number;
  readonly result: number;
  readonly resultLength: number;
}

const envReference = /\$\{env:([^}:]*)(:-([^}]*))?\}/g;

function replaceEnv(
  text: string,
  env: ProcessEnvironment,
): { result: string; segments: Segment[]; missing: { name: string; offset: number }[] } {
  const segments: Segment[] = [];
  const missing: { name: string; offset: number }[] = [];
  let result = '';
  let end = 0;
  for (const match of text.matchAll(envReference)) {
    const [whole, name = '', hasDefault, fallback = ''] = match;
    const set = Object.hasOwn(env, name) ? env[name] : undefined;
    if (set === undefined && hasDefault === undefined)
      missing.push({ name: printable(name, 60), offset: match.index });
    const put = hasDefault === undefined ? (set ?? whole) : set === undefined || set === '' ? fallback : set;
    result += text.slice(end, match.index);
    segments.push({
      source: match.index,
      sourceLength: whole.length,
      result: result.length,
      resultLength: put.length,
    });
    result += put;
    end = match.index + whole.length;
  }
  return { result: result + text.slice(end), segments, missing };
}

/** A place inside something that was put in maps to the start of its reference. */
function sourceOffset(segments: readonly Segment[], offset: number): number {
  let shift = 0;
  for (const segment of segments) {
    if (offset < segment.result) break;
    if (offset < segment.result + segment.resultLength) return segment.source;
    shift = segment.source + segment.sourceLength - (segment.result + segment.resultLength);
  }
  return offset + shift;
}

interface TextFault extends Fault {
  readonly offset: number;
}

function unknownReferences(text: string, path: Path): TextFault[] {
  return Array.from(text.matchAll(/\$\{(\w+)[:}]/g))
    .filter(([, word]) => word !== 'env' && word !== 'secret')
    .map((match) => {
      const [, word = ''] = match;
      const message = later.has(word)
        ? `\${${word}} is not supported by this version of perfkit: write the value itself`
        : `unknown reference \${${printable(word, 40)}…}${didYouMean(word, ['env', 'secret'])}`;
      return { path, offset: match.index, message };
    });
}

const later: ReadonlySet<string> = new Set(['data', 'captured', 'iteration', 'var']);

function secretFaults(text: string, path: Path, env: ProcessEnvironment): TextFault[] {
  const names = secretNames(text);
  if (names.length === 0)
    return /\$\{secret:/.test(text)
      ? [
          {
            path,
            offset: text.indexOf('${secret:'),
            message: 'expected a variable name, as in ${secret:API_TOKEN}',
          },
        ]
      : [];
  const offset = text.indexOf('${secret:');
  if (!mayHoldSecret(path)) {
    return [
      {
        path,
        offset,
        message:
          'a secret may stand only in a path, header value, body, json or subject option: elsewhere it would be printed',
      },
    ];
  }
  return names
    .filter((name) => !Object.hasOwn(env, name) || env[name] === undefined)
    .map((name) => ({
      path,
      offset,
      message: `the secret ${name} is not set: export ${name} in the environment, or remove \${secret:${name}}`,
    }));
}

/** flows[i].steps[j].(method | headers.* | body | json.*) and subjects[i].options.* */
function mayHoldSecret(path: Path): boolean {
  if (path[0] === 'subjects') return path[2] === 'options' && path.length > 3;
  if (path[0] !== 'flows' || path[2] !== 'steps') return false;
  const field = path[4];
  return (
    typeof field === 'string' &&
    (field === 'json' || field === 'body' || stepPaths.has(field) || (field === 'headers' && path.length > 5))
  );
}

const stepPaths: ReadonlySet<string> = new Set(['get', 'post', 'put', 'patch', 'delete', 'head', 'options']);
