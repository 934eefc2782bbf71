import { parseCount } from '../../model/units.ts';

const most = 1_000_000_000;

/** `1000 samples` or `10k samples` as a number; null when it is none, or not from 1 to a thousand million. */
export function parseSamples(text: string): number | null {
  const count = parseCount(/^(\S+) samples?$/.exec(text.trim())?.[1] ?? '');
  return count !== null && Number.isInteger(count) && count >= 1 && count <= most ? count : null;
}
