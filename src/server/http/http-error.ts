/** A request that is answered with an error: what went wrong, and where it helps what was expected and what came. */
export class HttpError extends Error {
  readonly status: number;
  readonly expected: string | undefined;
  readonly got: string | undefined;

  constructor(
    status: number,
    message: string,
    detail: { readonly expected?: string; readonly got?: string } = {},
  ) {
    super(message);
    this.name = 'HttpError';
    this.status = status;
    this.expected = detail.expected;
    this.got = detail.got;
  }
}

/** A part of a request that breaks the rules: `invalid('limit', 'a whole number from 1 to 100', value)`. */
export function invalid(where: string, expected: string, value: unknown): HttpError {
  return new HttpError(400, `${where} is not valid`, { expected, got: shown(value) });
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 80));
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return String(value);
  return 'an object';
}
