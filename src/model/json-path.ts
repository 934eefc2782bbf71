import type { JsonPath } from './exchange-plan.ts';

const part =
  /\.([\p{L}_$][\p{L}\p{N}_$-]*)|\.(\*)|\[(-?\d{1,9})\]|\[(\*)\]|\["((?:[^"\\]|\\.)*)"\]|\['((?:[^'\\]|\\.)*)'\]/suy;
const maxParts = 32;

/**
 * `$.items[0].id`, `$.items[-1]`, `$["odd name"]`, `$.items[*].id`: of RFC 9535 names, indexes and wildcards, where a
 * wildcard stands for the first element in which the rest is found. Null when it is none.
 */
export function parseJsonPath(text: string): JsonPath | null {
  if (!text.startsWith('$') || text.length > 1000) return null;
  const parts: (string | number | null)[] = [];
  part.lastIndex = 1;
  while (part.lastIndex < text.length) {
    const found = part.exec(text);
    if (found === null || parts.length >= maxParts) return null;
    const [, name, dotStar, index, star, double, single] = found;
    if (dotStar !== undefined || star !== undefined) parts.push(null);
    else if (index !== undefined) parts.push(Number(index));
    else parts.push(name ?? (double ?? single ?? '').replace(/\\(.)/gsu, '$1'));
  }
  return parts;
}

/** As it may be written. */
export function formatJsonPath(path: JsonPath): string {
  const parts = path.map((one) => {
    if (one === null) return '[*]';
    if (typeof one === 'number') return `[${one}]`;
    return /^[\p{L}_$][\p{L}\p{N}_$-]*$/u.test(one) ? `.${one}` : `[${JSON.stringify(one)}]`;
  });
  return `$${parts.join('')}`;
}
