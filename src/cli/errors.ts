import { PerfkitError, exitCodes } from '../model/errors.ts';

/**
 * Print what went wrong to stderr and give the exit code. A PerfkitError is for the user: message only. Anything
 * else is a defect of ours: its stack helps, but only on request.
 */
export function printError(error: unknown): number {
  if (error instanceof PerfkitError) {
    process.stderr.write(`perfkit: ${error.message}\n`);
    return error.exitCode;
  }
  const text = error instanceof Error ? error.message : String(error);
  process.stderr.write(`perfkit: internal error: ${text}\n`);
  const stack = error instanceof Error ? error.stack : undefined;
  if (process.env['PERFKIT_DEBUG'] !== undefined && stack !== undefined) process.stderr.write(`${stack}\n`);
  else process.stderr.write('This is a defect in perfkit. Set PERFKIT_DEBUG=1 for its stack.\n');
  return exitCodes.internal;
}
