/** A column that holds text; anything else is another program's table. Throws TypeError. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  throw new TypeError(`Expected text in the database, got ${typeof value}: is it one of another program?`);
}

/** A column that holds an integer. Throws TypeError. */
export function numberOf(value: unknown): number {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  throw new TypeError(
    `Expected an integer in the database, got ${typeof value}: is it one of another program?`,
  );
}
