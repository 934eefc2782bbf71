import { createIntervalMerger } from './interval-merger.ts';
import { runLoadThread } from './load-thread.ts';
import { mergeEvidence } from './merge-evidence.ts';
import { mergeSlowest } from '../record/slowest-operations.ts';
import { slowestKept } from '../engine/engine.ts';
import { createStartGate } from './start-gate.ts';
import { PerfkitError } from '../../model/errors.ts';
import type { EngineContext, Progress } from '../../model/engine.ts';
import type { LoadPlan } from '../../model/plan.ts';
import type { EngineReport } from '../engine/engine.ts';
import type { LoadThread } from './load-thread.ts';
import type { LoadOrder } from './messages.ts';

/** A phase starts so long after the last thread is ready: by then all have been told. */
const startAheadNs = 10e6;

/**
 * Run a plan on as many threads as it says. They start each phase together, each takes its part of the arrivals, users,
 * connections and budgets, and what they tell is added up. When one dies the others are stopped, what was measured
 * until then is handed on, and it rejects. Null when it was stopped before a thread could report.
 */
export async function runLoadThreads(
  order: Omit<LoadOrder, 'share'>,
  context: EngineContext,
): Promise<EngineReport | null> {
  const { plan } = order;
  const { workers } = plan;
  if (workers === 1) return await runLoadThread({ ...order, share: { worker: 0, workers } }, context);
  const stop = new AbortController();
  const merger = createIntervalMerger({ workers, metrics: plan.metrics, sink: context.sink });
  const threads: LoadThread[] = [];
  const gate = createStartGate(workers, (phase) => {
    const atNs = Number(process.hrtime.bigint()) + startAheadNs;
    for (const thread of threads) thread.begin(phase, atNs);
  });
  const progress = slowestProgress(workers, context.progress);
  const running = Array.from({ length: workers }, (_, worker) =>
    runLoadThread(
      { ...order, share: { worker, workers } },
      {
        sink: (interval) => merger.add(worker, interval),
        progress: (one) => progress(worker, one),
        signal: AbortSignal.any([context.signal, stop.signal]),
        started: (thread) => threads.push(thread),
        ready: (phase) => {
          merger.passed(worker, namesBefore(plan, phase));
          gate.ready(worker, phase);
        },
      },
    )
      .catch((error: unknown) => {
        stop.abort();
        throw nameThread(error, worker, workers);
      })
      .finally(() => {
        merger.gone(worker);
        gate.gone(worker);
      }),
  );
  const ended = await Promise.allSettled(running);
  merger.flush();
  for (const one of ended) if (one.status === 'rejected') throw one.reason;
  const [first, ...rest] = ended.flatMap((one) =>
    one.status === 'fulfilled' && one.value !== null ? [one.value] : [],
  );
  if (first === undefined) return null;
  const reports = [first, ...rest];
  return {
    complete: reports.length === workers && reports.every(({ complete }) => complete),
    slowest: mergeSlowest(
      reports.map(({ slowest }) => slowest),
      slowestKept,
    ),
    evidence: mergeEvidence([first.evidence, ...rest.map(({ evidence }) => evidence)]),
  };
}

/** Phases in series that a thread is done with when it is ready for the one at `index`. */
function namesBefore({ phases }: LoadPlan, index: number): string[] {
  return phases.slice(0, index).flatMap((phase) => (phase.with === null ? [phase.name] : []));
}

/** The threads do the same at the same time: the first one speaks for all, as far as the slowest has come. */
function slowestProgress(
  workers: number,
  progress: EngineContext['progress'],
): (worker: number, one: Progress) => void {
  const done: number[] = Array.from({ length: workers }, () => 0);
  return (worker, one) => {
    done[worker] = one.done;
    if (worker === 0) progress({ ...one, done: Math.min(...done) });
  };
}

function nameThread(error: unknown, worker: number, workers: number): unknown {
  if (error instanceof PerfkitError || !(error instanceof Error)) return error;
  return new Error(`load thread ${worker + 1} of ${workers}: ${error.message}`, { cause: error });
}
