import autocannon from 'autocannon';
import { ClientWatch } from './client-watch.ts';
import { IntervalRecorder } from './interval-recorder.ts';
import type { Client, Options, Request, Tracker } from 'autocannon';
import type { Clock } from '../../measure/clock.ts';
import type { ResourceMeter } from '../../measure/resources.ts';
import type { Interval } from '../../model/interval.ts';
import type { FlowPlan, LoadLimits, PhasePlan } from '../../model/plan.ts';

export interface PhaseOptions {
  readonly phase: PhasePlan;
  readonly flow: FlowPlan;
  readonly limits: LoadLimits;
  /** `http://address:port` */
  readonly url: string;
  readonly requests: readonly Request[];
  readonly meter: ResourceMeter;
  readonly redact: (text: string) => string;
  /** Interval times count from this reading of `now`. */
  readonly originNs: number;
  readonly now: Clock;
  readonly sink: (interval: Interval) => void;
  readonly ticked: (elapsedNs: number) => void;
  readonly signal: AbortSignal;
}

/** What the generator saw of itself in a phase. */
export interface PhaseOutcome {
  readonly errors: ReadonlyMap<string, number>;
  /** CPU time of the thread over wall time. */
  readonly cpu: number;
}

/** autocannon looks so often whether it is over; once a second by default, which would lengthen every run. */
const lookMs = 20;
const tickMs = 1000;
/** An interrupted run ends soon, however long the graceful stop of a complete one may be. */
const abortGraceMs = 1000;
/** Every phase ends by its own timer, and this one never fires; Node's timers take at most 2^31 ms. */
const neverSeconds = 2_000_000;

/**
 * One phase: autocannon with as many connections as the phase has users, stopped by perfkit: at the end of the phase
 * each connection waits for its reply, so that no request is lost in the results or at the server.
 */
export function runPhase(options: PhaseOptions): Promise<PhaseOutcome> {
  const { phase, flow, limits, now, meter, signal } = options;
  const recorder = new IntervalRecorder(
    flow.steps.map(({ name }) => name),
    options.redact,
  );
  const watches: ClientWatch[] = [];
  const startNs = now();
  let takenNs = startNs;
  let endNs: number | null = null;
  let busy = 0;
  let wallNs = 0;
  let cpuNs = 0;
  meter.sample();

  function take(): void {
    const untilNs = endNs ?? now();
    const durationNs = Math.max(0, untilNs - takenNs);
    const sample = meter.sample();
    wallNs += sample.wallNs;
    cpuNs += sample.cpuNs;
    const slices = recorder.take(durationNs);
    options.sink({
      startNs: Math.min(takenNs, untilNs) - options.originNs,
      durationNs,
      tags: { phase: phase.name },
      measured: phase.measured,
      ...slices,
      gauges: [
        { metric: 'cpu', tags: {}, value: sample.wallNs > 0 ? sample.cpuNs / sample.wallNs : 0 },
        { metric: 'rss', tags: {}, value: sample.rssBytes },
        { metric: 'heap_used', tags: {}, value: sample.heapUsedBytes },
      ],
    });
    takenNs = untilNs;
    options.ticked(untilNs - startNs);
  }

  return new Promise((resolve, reject) => {
    let tracker: Tracker | null = null;
    let graceTimer: NodeJS.Timeout | undefined;
    const tick = setInterval(take, tickMs);

    /** The phase's time is over: what comes later belongs to its last moment. */
    const close = (graceMs: number): void => {
      clearTimeout(graceTimer);
      graceTimer = setTimeout(() => {
        for (const watch of watches) watch.end(signal.aborted);
        tracker?.stop();
      }, graceMs);
      for (const watch of watches) watch.quiesce();
      if (endNs !== null) return;
      clearInterval(tick);
      endNs = now();
      take();
    };
    const timer = setTimeout(() => close(limits.gracefulStopNs / 1e6), phase.forNs / 1e6);
    const aborted = (): void => close(abortGraceMs);

    const finish = (error: Error | null): void => {
      clearInterval(tick);
      clearTimeout(timer);
      clearTimeout(graceTimer);
      signal.removeEventListener('abort', aborted);
      endNs ??= now();
      take();
      recorder.destroy();
      if (error !== null) reject(error);
      else resolve({ errors: recorder.errorTotals, cpu: wallNs > 0 ? cpuNs / wallNs : 0 });
    };

    const users = phase.arrivals.model === 'closed' ? phase.arrivals.users : phase.connections;
    busy = Math.min(users, phase.maxRequests ?? users);
    const setupClient = (client: Client): void => {
      const { steps } = flow;
      watches.push(new ClientWatch(client, { steps, timeoutNs: limits.timeoutNs, now, events: recorder }));
      client.on('done', () => {
        busy--;
        // autocannon itself notices at its next look, up to 20 ms later
        if (busy === 0) endNs ??= now();
      });
    };
    try {
      tracker = autocannon({ ...settingsOf(options, busy), setupClient }, finish);
    } catch (error) {
      finish(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    signal.addEventListener('abort', aborted, { once: true });
    if (signal.aborted) aborted();
  });
}

/** No rate is given, so its correction for coordinated omission, which is wrong, has nothing to do. */
function settingsOf(
  { url, limits, phase, requests }: PhaseOptions,
  connections: number,
): Omit<Options, 'setupClient'> {
  return {
    url,
    connections,
    duration: neverSeconds,
    timeout: limits.timeoutNs / 1e9,
    ...(phase.maxRequests !== null && { amount: phase.maxRequests }),
    sampleInt: lookMs,
    requests,
  };
}
