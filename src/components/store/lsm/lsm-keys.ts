import type { Pattern } from '../pattern.ts';

// Two kinds of keys, in LevelDB's order of bytes:
//
//     p<id>                              the record
//     u<type> NUL <14 hex digits> NUL <id>    nothing; the digits fall as the usage count rises

const usageDigits = 14;

export function recordKey(id: string): string {
  return `p${id}`;
}

/** All records. */
export const recordRange = { gte: 'p', lt: 'q' } as const;

export function usageKey({ type, usageCount, id }: Pattern): string {
  const inverted = Number.MAX_SAFE_INTEGER - usageCount;
  return `u${type}\0${inverted.toString(16).padStart(usageDigits, '0')}\0${id}`;
}

/** The usage keys of a type, the most used first. */
export function usageRange(type: string): { readonly gte: string; readonly lt: string } {
  return { gte: `u${type}\0`, lt: `u${type}\u0001` };
}

export function idOfUsageKey(key: string, type: string): string {
  return key.slice(type.length + usageDigits + 3);
}
