import { PerfkitError } from '../../model/errors.ts';
import { parseBytes, parseDurationNs } from '../../model/units.ts';

/**
 * Checks the `options:` of a built-in driver. Each method reads one option and throws a PerfkitError that says what
 * was expected, what came and where; `end` refuses options that nothing has read.
 */
export class OptionReader {
  readonly #driver: string;
  readonly #options: Readonly<Record<string, unknown>>;
  readonly #known: string[] = [];

  constructor(driver: string, options: Readonly<Record<string, unknown>>) {
    this.#driver = driver;
    this.#options = options;
  }

  integer<D extends number | null>(
    name: string,
    range: { readonly min: number; readonly max: number; readonly default: D },
  ): number | D {
    const value = this.#read(name);
    if (value === undefined) return range.default;
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    if (typeof number === 'number' && Number.isInteger(number) && number >= range.min && number <= range.max)
      return number;
    throw this.#fault(name, `an integer from ${range.min} to ${range.max}`, value);
  }

  /** A share from 0 to 1, or "5%". */
  ratio(name: string, fallback: number): number {
    const value = this.#read(name);
    if (value === undefined) return fallback;
    const percent = typeof value === 'string' ? /^([\d.]+)\s*%$/.exec(value.trim()) : null;
    const number = percent === null ? Number(value) : Number(percent[1]) / 100;
    if (value !== '' && number >= 0 && number <= 1) return number;
    throw this.#fault(name, 'a share from 0 to 1, or a percentage such as "5%"', value);
  }

  /** A name out of a list, or a key of a registry. */
  oneOf<T extends string>(name: string, values: readonly T[] | Readonly<Record<T, unknown>>, fallback: T): T {
    const value = this.#read(name);
    if (value === undefined) return fallback;
    if (isOneOf(value, values)) return value;
    const names = isList(values) ? values : Object.keys(values);
    throw this.#fault(name, `one of ${names.join(', ')}`, value);
  }

  /** Bytes: a number, or text such as "10MB". */
  bytes<D extends number | null>(name: string, fallback: D): number | D {
    const value = this.#read(name);
    if (value === undefined) return fallback;
    const bytes = typeof value === 'string' ? parseBytes(value) : value;
    if (typeof bytes === 'number' && Number.isInteger(bytes) && bytes >= 1) return bytes;
    throw this.#fault(name, 'a size such as "10MB"', value);
  }

  /** Text such as "5ms", in nanoseconds, above 0. */
  durationNs<D extends number | null>(name: string, fallback: D): number | D {
    const value = this.#read(name);
    return value === undefined ? fallback : this.#duration(name, value);
  }

  durationsNs(name: string): readonly number[] {
    const value = this.#read(name);
    if (Array.isArray(value) && value.length > 0)
      return value.map((one: unknown) => this.#duration(name, one));
    throw this.#fault(name, 'a list of durations such as ["1ms", "20ms"]', value);
  }

  end(): void {
    const unknown = Object.keys(this.#options).find((name) => !this.#known.includes(name));
    if (unknown === undefined) return;
    const there = this.#known.length === 0 ? 'it has none' : `it has ${this.#known.join(', ')}`;
    throw new PerfkitError('scenario', `the driver ${this.#driver} has no option "${unknown}": ${there}`);
  }

  #duration(name: string, value: unknown): number {
    const ns = typeof value === 'string' ? parseDurationNs(value) : null;
    if (ns !== null && ns >= 1) return ns;
    throw this.#fault(name, 'a duration with a unit, such as "5ms"', value);
  }

  #read(name: string): unknown {
    this.#known.push(name);
    return Object.hasOwn(this.#options, name) ? this.#options[name] : undefined;
  }

  #fault(name: string, expected: string, value: unknown): PerfkitError {
    const got = value === undefined ? 'nothing' : (JSON.stringify(value) ?? typeof value);
    return new PerfkitError(
      'scenario',
      `options.${name} of the driver ${this.#driver}: expected ${expected}, got ${got.slice(0, 100)}`,
    );
  }
}

function isList<T extends string>(
  values: readonly T[] | Readonly<Record<T, unknown>>,
): values is readonly T[] {
  return Array.isArray(values);
}

function isOneOf<T extends string>(
  value: unknown,
  values: readonly T[] | Readonly<Record<T, unknown>>,
): value is T {
  if (typeof value !== 'string') return false;
  return isList(values) ? values.some((one) => one === value) : Object.hasOwn(values, value);
}
