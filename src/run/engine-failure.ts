import { PerfkitError } from '../model/errors.ts';

/**
 * What the user is told when an engine gives up in the middle of a run: a thread or process that was killed or ran
 * out of memory, a subject that died. Null for a defect of perfkit's own, which must stay loud.
 */
export function engineFailure(error: unknown): PerfkitError | null {
  if (error instanceof PerfkitError) return error;
  if (!ranOutOfMemory(error)) return null;
  return new PerfkitError(
    'target',
    'the load thread ran out of memory: use fewer users or connections, or give it more with NODE_OPTIONS=--max-old-space-size=4096',
    { cause: error },
  );
}

/** Node ends a thread at its heap limit with this code; the load thread's error carries it as its cause. */
function ranOutOfMemory(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ('code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY') return true;
  return error.cause !== undefined && ranOutOfMemory(error.cause);
}
