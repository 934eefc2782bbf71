import type { JsonPlace } from '../../model/stream-plan.ts';

const part = /\.([\p{L}_$][\p{L}\p{N}_$-]*)|\[(\d{1,9})\]|\["((?:[^"\\]|\\.)*)"\]/uy;
const maxParts = 32;

/** `$.items[0].id`, `$["odd name"]`: names and indexes only (of RFC 9535 what leads to one value). Null when it is none. */
export function parseJsonPlace(text: string): JsonPlace | null {
  if (!text.startsWith('$') || text.length > 1000) return null;
  const parts: (string | number)[] = [];
  part.lastIndex = 1;
  while (part.lastIndex < text.length) {
    const found = part.exec(text);
    if (found === null || parts.length >= maxParts) return null;
    const [, name, index, quoted] = found;
    if (index !== undefined) parts.push(Number(index));
    else parts.push(name ?? unescape(quoted ?? ''));
  }
  return parts;
}

function unescape(text: string): string {
  return text.replace(/\\(.)/gu, '$1');
}
