import { extname } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { messageOf, PerfkitError } from '../../model/errors.ts';
import { scriptPlace } from '../lanes/function/script-failure.ts';
import type { EngineContext } from '../../model/engine.ts';
import type { EngineReport } from '../engine/engine.ts';
import type { LoadCommand, LoadMessage, LoadOrder } from './messages.ts';

/** A load thread among others. */
export interface LoadThread {
  /** All are ready: start the phase at that time of `process.hrtime`. */
  readonly begin: (phase: number, atNs: number) => void;
}

export interface LoadThreadContext extends EngineContext {
  /** The thread was made (it has not run yet). */
  readonly started?: (thread: LoadThread) => void;
  /** One of several threads waits for the others before this phase. */
  readonly ready?: (phase: number) => void;
}

/**
 * Run the engine in a thread of its own and pass on what it tells. On abort it stops gracefully; should it not end
 * within `stopWithinMs`, it is ended. Rejects when the thread dies.
 */
export function runLoadThread(
  order: LoadOrder,
  { sink, progress, signal, started, ready }: LoadThreadContext,
): Promise<EngineReport | null> {
  setFlagsFromString(`--min-semi-space-size=${youngMiB}`);
  const worker = new Worker(new URL(`./worker${extname(import.meta.url)}`, import.meta.url), {
    workerData: order,
    name: 'perfkit load',
  });
  const tell = (command: LoadCommand): void => worker.postMessage(command);
  started?.({ begin: (phase, atNs) => tell({ kind: 'begin', phase, atNs }) });
  let report: EngineReport | null = null;
  let refusal: PerfkitError | null = null;
  let killTimer: NodeJS.Timeout | undefined;
  worker.on('message', (message: LoadMessage) => {
    if (message.kind === 'interval') sink(message.interval);
    else if (message.kind === 'progress') progress(message.progress);
    else if (message.kind === 'ready') ready?.(message.phase);
    else if (message.kind === 'refused') refusal = new PerfkitError(message.code, message.message);
    else {
      report = message.report;
      // a function of the scenario may have left something open that keeps its thread alive
      killTimer ??= setTimeout(() => void worker.terminate(), stopWithinMs);
    }
  });
  const stop = (): void => {
    tell({ kind: 'stop' });
    killTimer = setTimeout(() => void worker.terminate(), stopWithinMs);
  };
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });

  return new Promise<EngineReport | null>((resolve, reject) => {
    worker.once('error', (error) => reject(threadFailure(error, order)));
    worker.once('exit', (code) => {
      if (refusal !== null) reject(refusal);
      else if (report !== null || signal.aborted) resolve(report);
      else reject(endedEarly(code));
    });
  }).finally(() => {
    clearTimeout(killTimer);
    signal.removeEventListener('abort', stop);
  });
}

/** Nothing was thrown: somebody called process.exit, which ends the thread that it is called on. */
function endedEarly(code: number): PerfkitError {
  return new PerfkitError(
    'scenario',
    `the load thread was ended with code ${code} in the middle of the run: code of the scenario must not call process.exit`,
  );
}

/** Code of the scenario that throws where nobody awaits it ends the thread; that is for its author. */
function threadFailure(error: unknown, { plan }: LoadOrder): Error {
  const place = plan.flows.some(({ call }) => call !== undefined) ? scriptPlace(error) : '';
  if (place === '') return new Error(`the load thread failed: ${String(error)}`, { cause: error });
  return new PerfkitError(
    'scenario',
    `code of the scenario threw where no flow awaits it, which ended the load thread: ${messageOf(error)}${place}`,
    { cause: error },
  );
}

/**
 * Waiting precisely makes short-lived objects (one for each turn of the event loop). With V8's first nursery of 1 MiB
 * that was a hundred collections a second, 25 ms in all; with this one a few. New threads take the flag over.
 */
const youngMiB = 16;

/** The engine gives in-flight requests one second; encoding what is left takes less than another. */
const stopWithinMs = 3000;
