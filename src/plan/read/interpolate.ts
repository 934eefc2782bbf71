import { secretNames } from '../../model/secrets.ts';
import { parseTemplate, variableWords } from '../../model/template.ts';
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
 * where secrets are taken out of everything that leaves the process. Variables of a flow
 * (model/template.ts) stay too, where a flow runs. Other `${word:...}` are faults.
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
  const faults: TextFault[] = [];
  let variables = false;
  for (const match of text.matchAll(/\$\{(\w+)[:}]/g)) {
    const [, word = ''] = match;
    if (word === 'env' || word === 'secret') continue;
    if (!isVariableWord(word)) {
      const message = `unknown reference \${${printable(word, 40)}…}${didYouMean(word, ['env', 'secret', ...variableWords])}`;
      faults.push({ path, offset: match.index, message });
    } else if (!mayHoldVariable(path)) {
      const message = `\${${word}} has a value only while a flow runs: it may stand in a step's path, query, headers, body, json, form, multipart, expectations or messages`;
      faults.push({ path, offset: match.index, message });
    } else {
      variables = true;
    }
  }
  return variables ? [...faults, ...parseTemplate(text).faults.map((fault) => ({ path, ...fault }))] : faults;
}

function isVariableWord(word: string): boolean {
  return variableWords.some((known) => known === word);
}

/** What a flow sends, and what it compares replies with. */
function mayHoldVariable(path: Path): boolean {
  if (path[0] !== 'server' && mayHoldSecret(path)) return true;
  return path[0] === 'flows' && path[2] === 'steps' && (path[4] === 'expect' || path[4] === 'send');
}

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
          'a secret may stand only in a path, query, header value, auth, body, json, form, multipart field or subject option: elsewhere it would be printed',
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

/** What a step sends: flows[i].steps[j].(method | headers.* | body | json.* | ...), flows[i].auth, server.(headers.* | auth) and subjects[i].options.* */
function mayHoldSecret(path: Path): boolean {
  if (path[0] === 'subjects') return path[2] === 'options' && path.length > 3;
  if (path[0] === 'server') return path[1] === 'auth' || (path[1] === 'headers' && path.length > 2);
  if (path[0] !== 'flows') return false;
  if (path[2] === 'auth') return true;
  const field = path[4];
  if (path[2] !== 'steps' || typeof field !== 'string') return false;
  if (field === 'body') return path.length === 5;
  return stepTexts.has(field) || (stepMaps.has(field) && path.length > 5);
}

const stepTexts: ReadonlySet<string> = new Set([
  'get',
  'post',
  'put',
  'patch',
  'delete',
  'head',
  'options',
  'json',
  'auth',
]);

/** Maps whose values are sent; a part of a multipart that is a file holds none, but has no harm in it. */
const stepMaps: ReadonlySet<string> = new Set(['headers', 'query', 'form', 'multipart']);
