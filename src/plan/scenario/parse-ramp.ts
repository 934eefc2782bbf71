import { parseRatePerSecond } from '../../model/units.ts';

/** A value at the start and the end of a phase; the same twice when it does not change. */
export interface WrittenRamp {
  readonly from: number;
  readonly to: number;
}

/** `400/s` or `50/s -> 400/s`, a second; null when it is neither. */
export function parseRateRamp(text: string): WrittenRamp | null {
  return parseRamp(text, parseRatePerSecond);
}

/** `20` or `0 -> 200`; null when it is neither. */
export function parseUserRamp(text: string): WrittenRamp | null {
  return parseRamp(text, (part) => (/^\d{1,9}$/.test(part) ? Number(part) : null));
}

function parseRamp(text: string, parse: (part: string) => number | null): WrittenRamp | null {
  const parts = text.split('->').map((part) => part.trim());
  if (parts.length > 2) return null;
  const from = parse(parts[0] ?? '');
  const to = parse(parts.at(-1) ?? '');
  return from === null || to === null || from < 0 || to < 0 ? null : { from, to };
}
