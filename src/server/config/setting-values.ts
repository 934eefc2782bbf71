import {
  formatBytes,
  formatDurationNs,
  formatRatio,
  parseBytes,
  parseCount,
  parseDurationNs,
  parseRatio,
} from '../../model/units.ts';
import type { Quantity, SettingUnit } from './setting.ts';

interface UnitRules {
  readonly what: string;
  /** null: no such quantity. */
  readonly parse: (text: string) => number | null;
  readonly print: (value: number) => string;
  readonly isWhole: boolean;
}

const bareNumber = (text: string): number | null => (/^\d+(?:\.\d+)?$/.test(text) ? Number(text) : null);

const units = {
  count: { what: 'a whole number', parse: parseCount, print: String, isWhole: true },
  ms: {
    what: 'milliseconds, or a duration such as 5s',
    parse: (text) => bareNumber(text) ?? scaled(parseDurationNs(text), 1e-6),
    print: (value) => formatDurationNs(value * 1e6),
    isWhole: false,
  },
  bytes: {
    what: 'bytes, or a size such as 64KiB',
    parse: (text) => bareNumber(text) ?? parseBytes(text),
    print: formatBytes,
    isWhole: true,
  },
  ratio: {
    what: 'a share such as 0.7 or 70%',
    parse: parseRatio,
    print: formatRatio,
    isWhole: false,
  },
} satisfies Record<SettingUnit, UnitRules>;

/** The value, or what was expected in its place. */
export function parseQuantity(quantity: Quantity, text: string): number | { readonly expected: string } {
  const { parse, isWhole } = units[quantity.unit];
  const value = parse(text.trim());
  const isGood =
    value !== null &&
    value >= quantity.min &&
    value <= quantity.max &&
    (!isWhole || Number.isSafeInteger(value));
  return isGood ? value : { expected: expectedQuantity(quantity) };
}

/** `milliseconds, or a duration such as 5s, from 10.0ms to 10.0min` */
function expectedQuantity({ unit, min, max }: Quantity): string {
  const { what, print } = units[unit];
  return `${what}, from ${print(min)} to ${print(max)}`;
}

export function printQuantity({ unit }: Quantity, value: number): string {
  return units[unit].print(value);
}

const states: Readonly<Record<string, boolean>> = {
  on: true,
  off: false,
  true: true,
  false: false,
  yes: true,
  no: false,
  '1': true,
  '0': false,
};

/** on, off, true, false, yes, no, 1, 0; null for anything else. */
export function parseSwitch(text: string): boolean | null {
  const word = text.trim().toLowerCase();
  return Object.hasOwn(states, word) ? (states[word] ?? null) : null;
}

/** A value times a factor, kept within the bounds and whole where it has to be. */
export function multiplied(quantity: Quantity, value: number, factor: number): number {
  const product = value * factor;
  const rounded = units[quantity.unit].isWhole ? Math.round(product) : product;
  return Math.min(quantity.max, Math.max(quantity.min, rounded));
}

function scaled(value: number | null, factor: number): number | null {
  return value === null ? null : value * factor;
}
