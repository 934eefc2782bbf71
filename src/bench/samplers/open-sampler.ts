import type { Clock } from '../../measure/clock.ts';
import { drainLimitMs } from './closed-sampler.ts';
import { createResults } from '../rounds/results.ts';
import type { Sampler, SamplerSetup } from './sampler.ts';
import { isThenable } from './thenable.ts';
import { runTimedPhases } from './timed-phases.ts';
import { createBreather, turn } from './turn.ts';

const sliceNs = 10e6;
/** Closer than this the next start is awaited awake: timers are good to a millisecond or two. */
const spinNs = 2e6;
/** With nothing in flight the clock is watched for so long between two turns of the event loop, each of which allocates. */
const watchNs = 200e3;
/** After a stall all that is due starts, but I/O gets a turn now and then. */
const startsPerTurn = 256;
/** More in flight than this is no measurement any more but a leak: further arrivals fail. */
const maxInFlight = 100_000;

/** An arrival that could not start because too many operations were in flight. */
class Overload extends Error {
  override readonly name = 'Overload';
}

/**
 * The open model: operations start when they are due, a fixed time apart, whatever happens to those before
 * (R. Schroeder et al., "Open versus closed: a cautionary tale", NSDI 2006). response_time counts from the due time,
 * op_duration from the start.
 */
export const sampleOpen: Sampler = async (setup) => {
  const arrivals = new Arrivals(setup);
  const breathe = createBreather();
  await runTimedPhases({
    ...setup,
    beforeMeasuring: async () => {
      await setup.onMeasuring();
      setup.recorder.reset();
      arrivals.restart();
    },
    slice: async () => {
      await breathe();
      return arrivals.slice(sliceNs);
    },
  });
  await arrivals.drain(drainLimitMs);
  return { note: null, deadCode: null, busy: false };
};

interface InFlight {
  readonly operation: number;
  readonly dueNs: number;
  readonly startNs: number;
}

class Arrivals {
  readonly #setup: SamplerSetup;
  readonly #now: Clock;
  readonly #gapNs: number;
  readonly #results = createResults();
  readonly #inFlight = new Set<InFlight>();
  #originNs: number;
  #arrived = 0;
  #completed = 0;
  #reported = 0;
  #reportedNs: number;
  /** Operations of the warm-up end in measured time but do not belong to it. */
  #measuredFromNs = -Infinity;
  #idle = Promise.withResolvers<void>();

  constructor(setup: SamplerSetup) {
    this.#setup = setup;
    this.#now = setup.now;
    this.#gapNs = 1e9 / (setup.ratePerSecond ?? 1);
    this.#originNs = this.#now();
    this.#reportedNs = this.#originNs;
  }

  /** Count arrivals from now on. */
  restart(): void {
    this.#originNs = this.#now();
    this.#measuredFromNs = this.#originNs;
    this.#reportedNs = this.#originNs;
    this.#arrived = 0;
    this.#completed = 0;
    this.#reported = 0;
  }

  async slice(lengthNs: number): Promise<number> {
    const { recorder, signal } = this.#setup;
    const startNs = this.#reportedNs;
    while (!signal.aborted) {
      this.#startDue();
      const dueNs = this.#dueNs();
      const nowNs = this.#now();
      if (nowNs - startNs >= lengthNs) break;
      await this.#wait(dueNs - nowNs);
    }
    // From the end of the last slice: operations end between slices too.
    this.#reportedNs = this.#now();
    recorder.addCalls(this.#completed - this.#reported, this.#reportedNs - startNs);
    this.#reported = this.#completed;
    return this.#reportedNs - startNs;
  }

  /** Wait for what is in flight, at most so long; what is left is recorded as censored. */
  async drain(limitMs: number): Promise<void> {
    const { recorder, signal } = this.#setup;
    if (this.#inFlight.size > 0 && !signal.aborted) {
      this.#idle = Promise.withResolvers<void>();
      const timer = setTimeout(this.#idle.resolve, limitMs);
      const abort = (): void => this.#idle.resolve();
      signal.addEventListener('abort', abort, { once: true });
      await this.#idle.promise;
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
    }
    recorder.addOtherCalls(this.#completed - this.#reported);
    const endNs = this.#now();
    for (const { operation, dueNs, startNs } of this.#inFlight) {
      if (dueNs >= this.#measuredFromNs) recorder.censor(operation, endNs - startNs, endNs - dueNs);
    }
  }

  #dueNs(): number {
    return this.#originNs + this.#arrived * this.#gapNs;
  }

  #startDue(): void {
    for (let started = 0; started < startsPerTurn; started++) {
      const dueNs = this.#dueNs();
      if (dueNs > this.#now()) return;
      this.#start(this.#arrived++, dueNs);
    }
  }

  async #wait(waitNs: number): Promise<void> {
    const { virtualClock } = this.#setup;
    if (virtualClock !== null) {
      if (waitNs > 0) virtualClock.advanceTo(this.#dueNs());
      return;
    }
    if (waitNs < spinNs) {
      await turn();
      if (this.#inFlight.size === 0) this.#watchClock();
      return;
    }
    await new Promise((resolve) => {
      setTimeout(resolve, Math.min((waitNs - spinNs / 2) / 1e6, 100));
    });
  }

  #watchClock(): void {
    // hot path
    const untilNs = Math.min(this.#dueNs(), this.#now() + watchNs);
    while (this.#now() < untilNs);
  }

  #start(index: number, dueNs: number): void {
    const { schedule, recorder } = this.#setup;
    const operation = schedule.choice[index & (schedule.choice.length - 1)] ?? 0;
    const run = schedule.operations[operation];
    if (run === undefined) return;
    if (this.#inFlight.size >= maxInFlight) {
      recorder.fail(new Overload(`${maxInFlight} operations were in flight already`), operation);
      return;
    }
    const call: InFlight = { operation, dueNs, startNs: this.#now() };
    try {
      const result = run(index % 2 ** 30);
      if (isThenable(result)) {
        this.#inFlight.add(call);
        void this.#await(result, call, index);
      } else {
        this.#results[index & 7] = result;
        this.#finish(call);
      }
    } catch (error) {
      this.#fail(error, call);
    }
  }

  async #await(result: PromiseLike<unknown>, call: InFlight, index: number): Promise<void> {
    try {
      this.#results[index & 7] = await result;
      this.#finish(call);
    } catch (error) {
      this.#fail(error, call);
    } finally {
      this.#inFlight.delete(call);
      if (this.#inFlight.size === 0) this.#idle.resolve();
    }
  }

  #finish({ operation, dueNs, startNs }: InFlight): void {
    if (dueNs < this.#measuredFromNs) return;
    const { durations, responses } = this.#setup.recorder;
    const endNs = this.#now();
    this.#completed++;
    durations[operation]?.record(endNs - startNs);
    responses[operation]?.record(endNs - dueNs);
  }

  #fail(error: unknown, { operation, dueNs }: InFlight): void {
    if (dueNs >= this.#measuredFromNs) this.#setup.recorder.fail(error, operation);
  }
}
