/** Exit codes of every perfkit command (ARCHITECTURE.md, "Exit codes"). */
export const exitCodes = {
  pass: 0,
  internal: 1,
  usage: 2,
  targetFailed: 3,
  regression: 4,
  invalid: 5,
  interrupted: 130,
  terminated: 143,
} as const;

/** What went wrong, as a stable word for programs. */
export type ErrorCode =
  | 'usage' // a flag or an argument
  | 'scenario' // a scenario file
  | 'result' // a result file that cannot be read
  | 'io' // a file or folder that cannot be read or written
  | 'target' // the server or module under test cannot be reached or loaded
  | 'internal';

/**
 * The one error class: its message tells the user what was expected, what came, where, and what to do.
 * It is printed without a stack. Anything else that is thrown is a defect and exits 1.
 */
export class PerfkitError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'PerfkitError';
    this.code = code;
  }

  get exitCode(): number {
    return this.code === 'internal' ? exitCodes.internal : exitCodes.usage;
  }
}

/** The message of anything thrown, for wrapping. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
