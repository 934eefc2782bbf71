import { nowNs } from '../../measure/clock.ts';
import { formatDurationNs } from '../../model/units.ts';
import { createFailureWatch } from './failure-watch.ts';
import { createTargetWatch } from './target-watch.ts';
import type { Clock } from '../../measure/clock.ts';
import type { Interval } from '../../model/interval.ts';
import type { Plan } from '../../model/plan.ts';

export interface GuardOptions {
  /** The caller's own wish to stop. */
  readonly signal: AbortSignal;
  /** Stop a load when nearly every request fails. */
  readonly stopOnFailures: boolean;
  readonly now?: Clock;
}

/** Looks at a run from outside, and stops it when it is lost. */
export interface RunGuard {
  /** For the engine: the caller's signal, and its own. */
  readonly signal: AbortSignal;
  readonly see: (interval: Interval) => void;
  /** Why it stopped the run; null when it did not. */
  readonly aborted: () => string | null;
  readonly destroy: () => void;
}

/** Intervals come once a second from each thread; they are judged together. */
const betweenNs = 0.9e9;

export function guardRun(plan: Plan, { signal, stopOnFailures, now = nowNs }: GuardOptions): RunGuard {
  const failures = plan.kind === 'load' && stopOnFailures ? createFailureWatch() : null;
  const targets = createTargetWatch(plan);
  const controller = new AbortController();
  const startNs = now();
  let judgedNs = -Infinity;
  let aborted: string | null = null;
  return {
    signal: AbortSignal.any([signal, controller.signal]),
    see: (interval) => {
      if (aborted !== null || signal.aborted) return;
      failures?.see(interval);
      targets?.see(interval);
      const nowAt = now();
      if (nowAt - judgedNs < betweenNs) return;
      judgedNs = nowAt;
      const failure = failures?.failure() ?? targets?.failure() ?? null;
      if (failure === null) return;
      aborted = `aborted after ${formatDurationNs(nowAt - startNs)}: ${failure}`;
      controller.abort();
    },
    aborted: () => aborted,
    destroy: () => targets?.destroy(),
  };
}
