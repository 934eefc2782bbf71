/** One of a scenario's options that names one of several things. Throws RangeError when it is none of them. */
export function choiceOption<T extends string>(
  options: Readonly<Record<string, unknown>>,
  name: string,
  choices: readonly T[],
  fallback?: T,
): T {
  const value = options[name] ?? fallback;
  const found = choices.find((choice) => choice === value);
  if (found !== undefined) return found;
  throw new RangeError(
    `Expected \`${name}\` to be one of ${choices.join(', ')}, got \`${JSON.stringify(value)}\``,
  );
}

/** A whole number from 0. Throws RangeError when it is not. */
export function numberOption(
  options: Readonly<Record<string, unknown>>,
  name: string,
  fallback: number,
): number {
  const value = options[name] ?? fallback;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw new RangeError(`Expected \`${name}\` to be a whole number from 0, got \`${JSON.stringify(value)}\``);
}

/** true or false. Throws RangeError when it is neither. */
export function flagOption(
  options: Readonly<Record<string, unknown>>,
  name: string,
  fallback: boolean,
): boolean {
  const value = options[name] ?? fallback;
  if (typeof value === 'boolean') return value;
  throw new RangeError(`Expected \`${name}\` to be true or false, got \`${JSON.stringify(value)}\``);
}
