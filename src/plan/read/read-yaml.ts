import { LineCounter, isAlias, isMap, isScalar, isSeq, parseDocument, visit } from 'yaml';
import type { Document, Node, Scalar } from 'yaml';
import { messageOf } from '../../model/errors.ts';
import { scalarOffset } from './scalar-offset.ts';
import type { Place, Position, ScenarioDocument } from './document.ts';
import type { Fault, Path } from '../problems/problem.ts';

/**
 * Parse a YAML 1.2 scenario: duplicate keys, unknown tags, keys that are no text, deep nesting and aliases that
 * multiply are faults. Never throws on hostile text.
 */
export function readYaml(
  file: string,
  text: string,
): { document: ScenarioDocument; faults: readonly Fault[] } {
  const lineCounter = new LineCounter();
  const lines = text.split(/\r\n|\r|\n/);
  const empty: ScenarioDocument = { file, value: undefined, lines, locate: () => null };
  const nesting = findDeepNesting(text);
  if (nesting !== null) return { document: empty, faults: [nesting] };
  try {
    // Keys are checked below: the parser's own check is quadratic in the number of keys of a map.
    const parsed = parseDocument(text, {
      lineCounter,
      uniqueKeys: false,
      merge: false,
      stringKeys: true,
      prettyErrors: false,
      logLevel: 'error',
    });
    const at = (start: number, end: number): Position => {
      const { line, col } = lineCounter.linePos(start);
      const rest = (lines[line - 1] ?? '').length - col + 1;
      return {
        line: Math.max(1, line),
        column: Math.max(1, col),
        length: Math.max(1, Math.min(end - start, rest)),
      };
    };
    const faults = [...syntaxFaults(parsed, at), ...duplicateKeys(parsed, at)];
    const value: unknown = faults.length === 0 ? toValue(parsed, at, faults) : undefined;
    return {
      document: { file, value, lines, locate: (path, place) => locate(parsed, text, at, path, place) },
      faults,
    };
  } catch (error) {
    // The parser is recursive: nesting that slipped past the check above ends as a stack overflow.
    return {
      document: empty,
      faults: [{ path: [], message: `cannot read this YAML: ${messageOf(error)}`, position: top }],
    };
  }
}

type At = (start: number, end: number) => Position;

const top: Position = { line: 1, column: 1, length: 1 };
const maxDepth = 64;
const maxAliases = 100;
/** One slip often breaks all lines that follow, too. */
const maxSyntaxFaults = 5;

/** Brackets and dashes that open more levels than any scenario has; counted before parsing, which would take seconds. */
function findDeepNesting(text: string): Fault | null {
  let depth = 0;
  let line = 1;
  for (let index = 0; index < text.length; index++) {
    const char = text.charCodeAt(index);
    if (char === 0x0a) line++;
    else if (char === 0x5b || char === 0x7b) depth++;
    else if ((char === 0x5d || char === 0x7d) && depth > 0) depth--;
    if (depth > maxDepth) return tooDeep(line);
  }
  const dashes = /(?:[-?] ){64}/.exec(text);
  return dashes === null ? null : tooDeep(text.slice(0, dashes.index).split('\n').length);
}

function tooDeep(line: number): Fault {
  return {
    path: [],
    message: `nested more than ${maxDepth} levels deep`,
    position: { line, column: 1, length: 1 },
  };
}

function syntaxFaults(parsed: Document.Parsed, at: At): Fault[] {
  const byLine = new Map<number, Fault>();
  for (const error of [...parsed.errors, ...parsed.warnings]) {
    const position = at(error.pos[0], error.pos[1]);
    const quotes =
      error.code === 'UNEXPECTED_TOKEN' ? '; a text with { } [ ] , or # in it must stand in quotes' : '';
    // What follows in the line only repeats the first slip.
    if (!byLine.has(position.line))
      byLine.set(position.line, { path: [], message: `YAML: ${error.message}${quotes}`, position });
  }
  return [...byLine.values()].slice(0, maxSyntaxFaults);
}

function duplicateKeys(parsed: Document.Parsed, at: At): Fault[] {
  const faults: Fault[] = [];
  visit(parsed, {
    Map(_, map) {
      const first = new Map<unknown, Position>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        const position = positionOf(key, at);
        const before = first.get(key.value);
        if (before === undefined) first.set(key.value, position);
        else {
          const message = `the key \`${String(key.value)}\` is written twice: first in line ${before.line}, again here; keep one`;
          faults.push({ path: [], message, position });
        }
      }
    },
  });
  return faults;
}

function toValue(parsed: Document.Parsed, at: At, faults: Fault[]): unknown {
  try {
    return parsed.toJS({ maxAliasCount: maxAliases });
  } catch (error) {
    let position = top;
    visit(parsed, {
      Alias(_, alias) {
        position = positionOf(alias, at);
        return visit.BREAK;
      },
    });
    faults.push({ path: [], message: `aliases cannot be resolved: ${messageOf(error)}`, position });
    return undefined;
  }
}

function positionOf(node: Node, at: At): Position {
  const [start, end] = node.range ?? [0, 1];
  return at(start, end);
}

function locate(
  parsed: Document.Parsed,
  text: string,
  at: At,
  path: Path,
  place: Place = {},
): Position | null {
  let node: Node | null = parsed.contents;
  let last: Node | null = node;
  for (const part of place.key === undefined ? path : [...path, place.key]) {
    if (isAlias(node)) node = node.resolve(parsed) ?? null;
    const found: { key: Node | null; value: Node | null } | null = child(node, part);
    if (found === null) break;
    // A key without a value ("name:") is the nearest place there is.
    last = found.value ?? found.key ?? last;
    if (place.key === part && found.key !== null) return positionOf(found.key, at);
    node = found.value;
  }
  if (last === null) return top;
  if (place.offset !== undefined && isScalar(last)) return offsetPosition(last, text, at, place.offset);
  return positionOf(last, at);
}

function child(node: Node | null, part: string | number): { key: Node | null; value: Node | null } | null {
  if (isSeq<Node>(node)) {
    const value = typeof part === 'number' ? node.items[part] : undefined;
    return value === undefined ? null : { key: null, value };
  }
  if (!isMap<Node, Node>(node)) return null;
  const pair = node.items.find(({ key }) => isScalar(key) && key.value === part);
  return pair === undefined ? null : { key: pair.key, value: pair.value };
}

function offsetPosition(scalar: Scalar, text: string, at: At, offset: number): Position {
  const [start, end] = scalar.range ?? [0, 1, 1];
  const shift = scalarOffset(scalar.type, text.slice(start, end), offset);
  return at(start + shift, start + shift + 1);
}
