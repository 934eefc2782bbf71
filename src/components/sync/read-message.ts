import { checkId, longestId } from './check-changes.ts';
import { MessageError } from './sync-errors.ts';

/** Throws MessageError for what is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new MessageError('message', 'JSON', `${text.length} characters that are not`);
  }
}

/** A value as JSON text again. Throws MessageError for one that nests too deep. */
export function jsonIn(value: unknown, path: string): string {
  try {
    return JSON.stringify(value);
  } catch {
    throw new MessageError(path, 'a value that nests less deep', 'one that overflows the stack');
  }
}

/** The fields of an object that may have those named and no others. */
export function fieldsIn<N extends string>(
  value: unknown,
  path: string,
  names: readonly N[],
): Partial<Record<N, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new MessageError(path, 'an object', kindOf(value));
  }
  const unknownName = Object.keys(value).find((name) => !names.some((one) => one === name));
  if (unknownName !== undefined) {
    throw new MessageError(
      path,
      `an object of ${names.join(', ')}`,
      JSON.stringify(unknownName.slice(0, 40)),
    );
  }
  return value;
}

export function listIn(value: unknown, path: string, most: number): readonly unknown[] {
  if (!Array.isArray(value)) throw new MessageError(path, 'a list', kindOf(value));
  if (value.length > most) throw new MessageError(path, `at most ${most} long`, `${value.length}`);
  return value;
}

export function idIn(value: unknown, path: string): string {
  try {
    return checkId(path, value);
  } catch {
    throw new MessageError(path, `1 to ${longestId} characters of Unicode, no NUL`, kindOf(value));
  }
}

export function wholeIn(value: unknown, path: string, least: number): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least) return value;
  throw new MessageError(path, `a whole number from ${least}`, kindOf(value));
}

/** Absent is false. */
export function flagIn(value: unknown, path: string): boolean {
  if (value === undefined || typeof value === 'boolean') return value ?? false;
  throw new MessageError(path, 'true or false', kindOf(value));
}

export function choiceIn<T extends string>(value: unknown, path: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === value);
  if (found !== undefined) return found;
  throw new MessageError(path, `one of ${choices.join(', ')}`, kindOf(value));
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 40));
  return Array.isArray(value) ? 'a list' : typeof value;
}
