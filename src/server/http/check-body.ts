import { invalid } from './http-error.ts';

/** A JSON object whose fields are looked at one by one. */
export type Fields = Readonly<Record<string, unknown>>;

/** The value if it is a JSON object without other fields than these. Throws HttpError 400, as all here do. */
export function fieldsOf(value: unknown, where: string, known: readonly string[]): Fields {
  if (!isFields(value)) throw invalid(where, `an object with ${known.join(', ')}`, value);
  for (const name of Object.keys(value)) {
    if (!known.includes(name))
      throw invalid(`${where}.${name.slice(0, 40)}`, `one of ${known.join(', ')}`, name);
  }
  return value;
}

/** Text of 1 to `max` UTF-16 units. */
export function textOf(value: unknown, where: string, max: number): string {
  if (typeof value === 'string' && value.length > 0 && value.length <= max && value.isWellFormed())
    return value;
  throw invalid(where, `well-formed text of 1 to ${max} characters`, value);
}

/** What names a conversation, record or pattern: 1 to 64 letters, digits, dashes, underscores, dots or colons. */
export function idOf(value: unknown, where: string): string {
  if (typeof value === 'string' && isId(value)) return value;
  throw invalid(where, '1 to 64 letters, digits or any of _ - . :', value);
}

export function isId(text: string): boolean {
  return /^[\w.:-]{1,64}$/.test(text);
}

export function wholeOf(value: unknown, where: string, min: number, max: number): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max) return value;
  throw invalid(where, `a whole number from ${min} to ${max}`, value);
}

/** A number within bounds that may have a fraction. */
export function numberOf(value: unknown, where: string, min: number, max: number): number {
  if (typeof value === 'number' && value >= min && value <= max) return value;
  throw invalid(where, `a number from ${min} to ${max}`, value);
}

export function choiceOf<T extends string>(value: unknown, where: string, known: readonly T[]): T {
  const found = known.find((one) => one === value);
  if (found === undefined) throw invalid(where, `one of ${known.join(', ')}`, value);
  return found;
}

export function flagOf(value: unknown, where: string): boolean {
  if (typeof value === 'boolean') return value;
  throw invalid(where, 'true or false', value);
}

export function listOf(value: unknown, where: string, max: number): readonly unknown[] {
  if (Array.isArray(value) && value.length > 0 && value.length <= max) return value;
  throw invalid(where, `an array of 1 to ${max}`, value);
}

/** Any JSON value as text of at most `max` characters. */
export function jsonOf(value: unknown, where: string, max: number): string {
  let json: string;
  try {
    json = JSON.stringify(value ?? null);
  } catch {
    throw invalid(where, 'JSON that is nested less deeply', value);
  }
  if (json.length > max)
    throw invalid(where, `at most ${max} characters of JSON`, `${json.length} characters`);
  return json;
}

/** A whole number in a query string; `fallback` when it is not there. */
export function queryNumber(
  query: URLSearchParams,
  name: string,
  { fallback, min, max }: { readonly fallback: number; readonly min: number; readonly max: number },
): number {
  const text = query.get(name);
  if (text === null) return fallback;
  if (!/^\d{1,15}$/.test(text))
    throw invalid(`query parameter ${name}`, `a whole number from ${min} to ${max}`, text);
  return wholeOf(Number(text), `query parameter ${name}`, min, max);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
