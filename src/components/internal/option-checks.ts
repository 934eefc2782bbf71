/** Longest delay that a Node timer takes; a longer one would run after 1 ms. */
const longestDelayMs = 2_147_483_647;

/** The value if it is a whole number of at least 1; otherwise a TypeError or RangeError that names the option. */
export function positiveInteger(name: string, value: unknown, largest = Number.MAX_SAFE_INTEGER): number {
  return integerBetween(name, value, 1, largest, 'a positive integer');
}

/** The same for a whole number of at least 0. */
export function wholeNumber(name: string, value: unknown, largest = Number.MAX_SAFE_INTEGER): number {
  return integerBetween(name, value, 0, largest, 'a whole number of at least 0');
}

/** The value if it is a delay in milliseconds that a timer takes: 0 to 2,147,483,647, fractions allowed. */
export function delayMs(name: string, value: unknown): number {
  if (typeof value !== 'number') throw new TypeError(expected(name, 'a number of milliseconds', value));
  if (!(value >= 0 && value <= longestDelayMs)) {
    throw new RangeError(expected(name, `between 0 and ${longestDelayMs} milliseconds`, value));
  }
  return value;
}

/** The value if it is a function. */
export function callable<F>(name: string, value: F): F {
  if (typeof value !== 'function') throw new TypeError(expected(name, 'a function', value));
  return value;
}

/** "Expected `max` to be a positive integer, got `2.5` (number)." */
export function expected(name: string, what: string, value: unknown): string {
  return `Expected \`${name}\` to be ${what}, got \`${shown(value)}\` (${value === null ? 'null' : typeof value}).`;
}

function integerBetween(
  name: string,
  value: unknown,
  smallest: number,
  largest: number,
  what: string,
): number {
  if (typeof value !== 'number') throw new TypeError(expected(name, what, value));
  if (!Number.isSafeInteger(value) || value < smallest) throw new RangeError(expected(name, what, value));
  if (value > largest) throw new RangeError(expected(name, `at most ${largest}`, value));
  return value;
}

function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 80));
  if (typeof value === 'function') return value.name === '' ? 'a function' : value.name;
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object';
  return String(value);
}
