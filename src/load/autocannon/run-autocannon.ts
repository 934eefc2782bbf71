import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { PerfkitError } from '../../model/errors.ts';
import { stopMessage } from './thread-messages.ts';
import type { EngineContext, EngineOutcome } from '../../model/engine.ts';
import type { AutocannonMessage, AutocannonOrder } from './thread-messages.ts';

/** autocannon keeps the whole body of a reply as text: a body without end must not take the machine with it. */
const maxHeapMiB = 1024;
/** autocannon gets a second to end its requests. */
const stopWithinMs = 3000;

/**
 * Run autocannon in a thread of its own, so that it shares no event loop with what shows and saves, and pass on what
 * it measures. Resolves with null when it was stopped before it could report. Throws PerfkitError when it runs out
 * of memory.
 */
export function runAutocannon(
  order: AutocannonOrder,
  { sink, progress, signal }: EngineContext,
): Promise<EngineOutcome | null> {
  const worker = new Worker(new URL(`./worker${extname(import.meta.url)}`, import.meta.url), {
    workerData: order,
    name: 'perfkit autocannon',
    // its timers warn when the process was held up
    execArgv: ['--no-warnings'],
    resourceLimits: { maxOldGenerationSizeMb: maxHeapMiB },
  });
  let outcome: EngineOutcome | null = null;
  let killTimer: NodeJS.Timeout | undefined;
  worker.on('message', (message: AutocannonMessage) => {
    if (message.kind === 'interval') sink(message.interval);
    else if (message.kind === 'progress') progress(message.progress);
    else outcome = message.outcome;
  });
  const stop = (): void => {
    worker.postMessage(stopMessage);
    killTimer = setTimeout(() => void worker.terminate(), stopWithinMs);
  };
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });

  return new Promise<EngineOutcome | null>((resolve, reject) => {
    worker.once('error', (error) => reject(failure(error)));
    worker.once('exit', (code) => {
      if (outcome !== null || signal.aborted) resolve(outcome);
      else reject(new Error(`autocannon's thread ended with code ${code} and no report`));
    });
  }).finally(() => {
    clearTimeout(killTimer);
    signal.removeEventListener('abort', stop);
  });
}

function failure(error: unknown): Error {
  if (error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return new PerfkitError(
      'target',
      `autocannon needed more than ${maxHeapMiB} MiB: it keeps whole replies in memory; use --engine native`,
      { cause: error },
    );
  }
  return new Error(`autocannon failed: ${String(error)}`, { cause: error });
}
