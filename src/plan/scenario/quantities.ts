import { z } from 'zod';
import { parseBytes, parseDurationNs, parseRatePerSecond, splitQuantity } from '../../model/units.ts';
import { describeValue } from '../problems/printable.ts';

/** What a schema expects, in words; the error messages read it. */
export const expectations = z.registry<{ expects: string }>();

/** A text that `check` accepts: it returns what is wrong, or null. `pattern` is its outline for the JSON Schema. */
export function text(expects: string, pattern: string, check: (value: string) => string | null) {
  return z
    .string()
    .check((payload) => {
      const wrong = check(payload.value);
      if (wrong !== null) payload.issues.push({ code: 'custom', message: wrong, input: payload.value });
    })
    .meta({ pattern })
    .register(expectations, { expects });
}

/** `10s`, above 0 (or 0 where `zero` is allowed) and at most `maxNs`. */
export function duration({ zero = false, maxNs = 24 * 3600e9 }: { zero?: boolean; maxNs?: number } = {}) {
  const expects = 'a duration with a unit, such as "10s"';
  return text(expects, `^\\s*[\\d._]+(e[+-]?\\d+)?\\s*(ns|us|µs|ms|s|m|min|h)\\s*$`, (value) => {
    const ns = parseDurationNs(value);
    if (ns === null)
      return unitMissing(value, `${value.trim()}s`) ?? `expected ${expects}, got ${describeValue(value)}`;
    if (ns < 0 || (ns === 0 && !zero)) return `expected a duration above 0, got ${describeValue(value)}`;
    return ns > maxNs ? `expected at most ${maxNs / 3600e9}h, got ${describeValue(value)}` : null;
  });
}

/** `64KiB`, at least one byte and at most `maxBytes`. */
export function size(maxBytes: number) {
  const expects = 'a size with a unit, such as "64KiB"';
  return text(expects, `^\\s*[\\d._]+\\s*([kKMG]B|[KMG]iB|B)\\s*$`, (value) => {
    const bytes = parseBytes(value);
    if (bytes === null)
      return unitMissing(value, `${value.trim()}B`) ?? `expected ${expects}, got ${describeValue(value)}`;
    return bytes >= 1 && bytes <= maxBytes
      ? null
      : `expected 1B to ${maxBytes / 1024 ** 2}MiB, got ${describeValue(value)}`;
  });
}

/** What is wrong with `400/s`; null when it is a rate above 0 that one machine could be asked for. */
export function rateFault(value: string): string | null {
  const rate = parseRatePerSecond(value);
  if (rate === null)
    return unitMissing(value, `${value.trim()}/s`) ?? `expected ${rateExpected}, got ${describeValue(value)}`;
  if (!(rate > 0)) return `expected a rate above 0, got ${describeValue(value)}`;
  return rate > maxRatePerSecond
    ? `expected at most ${maxRatePerSecond}/s, got ${describeValue(value)}`
    : null;
}

export const rateExpected = 'a rate, such as "400/s"';
export const ratePattern = `^\\s*[\\d._]+(e[+-]?\\d+)?[kKM]?\\s*/\\s*(s|min|m|h)\\s*$`;

/** Above what one thread can send, and far below where due times lose their nanosecond. */
export const maxRatePerSecond = 10_000_000;

function unitMissing(value: string, advice: string): string | null {
  return splitQuantity(value)?.unit === '' ? `a unit is missing: write ${advice}` : null;
}
