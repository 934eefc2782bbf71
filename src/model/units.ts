/**
 * Parsing and printing of quantities. Inside perfkit durations are nanoseconds, sizes are bytes, rates are
 * per second, shares are ratios (1 = 100 %); text with units exists only at the edges.
 */

/** What a number measures: 'ns' a duration, 'bytes' a size, 'ratio' a share (printed as %), 'count' a plain number. */
export type Unit = 'ns' | 'bytes' | 'ratio' | 'count';

const durationUnitsNs: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  // Both code points that look like this: the micro sign and the Greek letter.
  '\u00b5s': 1e3,
  '\u03bcs': 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  min: 60e9,
  h: 3600e9,
};

const byteUnits: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1e3,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
};

const countSuffixes: Readonly<Record<string, number>> = { '': 1, k: 1e3, K: 1e3, M: 1e6, G: 1e9 };

/** A number and the text behind it: `10ms` is 10 and `ms`. Null when the text does not start with a number. */
export function splitQuantity(text: string): { number: number; unit: string } | null {
  const match = /^([+-]?(?:\d+(?:_\d+)*(?:\.\d+)?|\.\d+)(?:e[+-]?\d+)?)\s*([^\d\s].*)?$/i.exec(text.trim());
  if (match === null) return null;
  const number = Number((match[1] ?? '').replaceAll('_', ''));
  return Number.isFinite(number) ? { number, unit: (match[2] ?? '').trim() } : null;
}

function own(table: Readonly<Record<string, number>>, key: string): number | null {
  return Object.hasOwn(table, key) ? (table[key] ?? null) : null;
}

/** `10ms`, `1.5s`, `2m`, `1h` in nanoseconds; null when it is no duration with a unit. */
export function parseDurationNs(text: string): number | null {
  const quantity = splitQuantity(text);
  const factor = quantity === null ? null : own(durationUnitsNs, quantity.unit);
  return quantity === null || factor === null ? null : Math.round(quantity.number * factor);
}

/** `64KiB`, `10MB`, `512B` in bytes; null when it is no size with a unit. */
export function parseBytes(text: string): number | null {
  const quantity = splitQuantity(text);
  const factor = quantity === null ? null : own(byteUnits, quantity.unit);
  return quantity === null || factor === null ? null : Math.round(quantity.number * factor);
}

/** `1000`, `10k`, `1.5M` as a number; null otherwise. */
export function parseCount(text: string): number | null {
  const quantity = splitQuantity(text);
  const factor = quantity === null ? null : own(countSuffixes, quantity.unit);
  return quantity === null || factor === null ? null : quantity.number * factor;
}

/** `400/s`, `5k/s`, `300/min` per second; null when it is no rate. */
export function parseRatePerSecond(text: string): number | null {
  const match = /^(.*?)\s*\/\s*(s|min|m|h)$/.exec(text.trim());
  const count = match === null ? null : parseCount(match[1] ?? '');
  const period = match === null ? null : own(durationUnitsNs, match[2] ?? '');
  return count === null || period === null ? null : (count * 1e9) / period;
}

/** `80%` or `0.8` as a ratio; null otherwise. */
export function parseRatio(text: string): number | null {
  const quantity = splitQuantity(text);
  if (quantity === null) return null;
  if (quantity.unit === '%') return quantity.number / 100;
  return quantity.unit === '' ? quantity.number : null;
}

/** Three significant digits: more would claim more than the histogram knows. */
function digits3(value: number): string {
  const magnitude = Math.abs(value);
  if (magnitude >= 99.95 || value === 0) return value.toFixed(0);
  if (magnitude >= 9.995) return value.toFixed(1);
  if (magnitude >= 0.9995) return value.toFixed(2);
  return Number(value.toPrecision(3)).toString();
}

function scaled(value: number, steps: readonly (readonly [number, string])[]): string {
  const magnitude = Math.abs(value);
  const last = steps.length - 1;
  const step =
    steps.find(([size], index) => index === last || magnitude >= size * 0.99995) ?? ([1, ''] as const);
  return `${digits3(value / step[0])}${step[1]}`;
}

/** A duration for people, three significant digits: `1.53ms`. */
export function formatDurationNs(ns: number): string {
  return scaled(ns, [
    [60e9, 'min'],
    [1e9, 's'],
    [1e6, 'ms'],
    [1e3, 'us'],
    [1, 'ns'],
  ]);
}

/** A size for people: `64.0KiB`. */
export function formatBytes(bytes: number): string {
  return scaled(bytes, [
    [1024 ** 3, 'GiB'],
    [1024 ** 2, 'MiB'],
    [1024, 'KiB'],
    [1, 'B'],
  ]);
}

/** A number for people: `1.23M`, `172k`, `4200`. */
export function formatCount(value: number): string {
  if (Math.abs(value) < 9999.5) return Number.isInteger(value) ? String(value) : digits3(value);
  return scaled(value, [
    [1e9, 'G'],
    [1e6, 'M'],
    [1e3, 'k'],
  ]);
}

/** A share for people: `82.5%`. */
export function formatRatio(ratio: number): string {
  return `${digits3(ratio * 100)}%`;
}

const formatters = {
  ns: formatDurationNs,
  bytes: formatBytes,
  ratio: formatRatio,
  count: formatCount,
} satisfies Record<Unit, (value: number) => string>;

/** A value of a unit for people; `perSecond` adds `/s`. */
export function formatValue(value: number, unit: Unit, perSecond = false): string {
  return `${formatters[unit](value)}${perSecond ? '/s' : ''}`;
}
