import { PerfkitError, exitCodes } from '../model/errors.ts';

/**
 * Print what went wrong to stderr and give the exit code. A PerfkitError is for the user: message only. Anything
 * else is a defect of ours: its stack helps, but only on request.
 */
export function printError(error: unknown): number {
  if (error instanceof PerfkitError) {
    process.stderr.write(`perfkit: ${inertLines(error.message)}\n`);
    return error.exitCode;
  }
  const text = error instanceof Error ? error.message : String(error);
  process.stderr.write(`perfkit: internal error: ${inertLines(text)}\n`);
  const stack = error instanceof Error ? error.stack : undefined;
  if (process.env['PERFKIT_DEBUG'] !== undefined && stack !== undefined) process.stderr.write(`${stack}\n`);
  else process.stderr.write('This is a defect in perfkit. Set PERFKIT_DEBUG=1 for its stack.\n');
  return exitCodes.internal;
}

/**
 * Lines in which nothing moves the cursor, and nothing is a command to a CI runner (`::error::` at the start of a line,
 * `##[error]` anywhere): messages quote files, servers and modules.
 */
export function inertLines(text: string): string {
  return text
    .replace(unsafe, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`)
    .replace(/##(?=\w*\[)/g, '# #')
    .replace(/^(\s*:)(?=:.*::)/gm, '$1 ');
}

/** Control characters but line breaks and tabs, other line separators, and what turns the writing direction. */
const unsafe = /(?![\n\t])[\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
