import type { Clock } from '../../measure/clock.ts';
import type { Schedule } from './loops.ts';
import type { RoundRecorder } from '../record/recorder.ts';
import { createResults } from '../rounds/results.ts';
import { isThenable } from './thenable.ts';
import { turn } from './turn.ts';

const wrap = 2 ** 30;

/**
 * The closed model: `concurrency` users, each starting its next operation when its last one is done. They run in
 * slices. Between two slices a user whose operation ends waits at a gate, while operations in flight go on: slicing
 * never drains the concurrency.
 */
export class Users {
  readonly #schedule: Schedule;
  readonly #recorder: RoundRecorder;
  readonly #now: Clock;
  readonly #results = createResults();
  readonly #loops: Promise<void>[];
  /** By user: when the operation in flight started and which one it is; NaN while it waits at the gate. */
  readonly #startedNs: Float64Array;
  readonly #operation: Int32Array;
  #next = 0;
  #stride = 1;
  #untilTimed = 1;
  #completed = 0;
  #reported = 0;
  #reportedNs: number;
  #stopped = false;
  #open = false;
  #gate = Promise.withResolvers<void>();
  #sliceEndNs = 0;
  #sliceDone = Promise.withResolvers<void>();

  constructor(schedule: Schedule, recorder: RoundRecorder, now: Clock, concurrency: number) {
    this.#schedule = schedule;
    this.#recorder = recorder;
    this.#now = now;
    this.#reportedNs = now();
    this.#startedNs = new Float64Array(concurrency).fill(NaN);
    this.#operation = new Int32Array(concurrency);
    this.#loops = Array.from({ length: concurrency }, (_, user) => this.#run(user));
  }

  /** Time one call in `stride`. */
  set stride(stride: number) {
    this.#stride = stride;
    this.#untilTimed = stride;
  }

  /** Count from here on. */
  mark(): void {
    this.#reported = this.#completed;
    this.#reportedNs = this.#now();
  }

  /** Let the users work for about so long. Gives the operations that succeeded since the last slice, or mark, and the time. */
  async slice(lengthNs: number, signal: AbortSignal): Promise<{ completed: number; elapsedNs: number }> {
    this.#sliceEndNs = this.#now() + lengthNs;
    this.#sliceDone = Promise.withResolvers<void>();
    // The timer ends a slice in which nothing completes; operations that never wait end it themselves.
    const timer = setTimeout(() => this.#close(), Math.ceil(lengthNs / 1e6) + 1);
    const abort = (): void => this.#close();
    signal.addEventListener('abort', abort, { once: true });
    this.#open = true;
    this.#gate.resolve();
    await this.#sliceDone.promise;
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
    // Whatever ended together with the operation that closed the slice (one batch, one read) belongs to it. The turn
    // also gives timers and messages their due where operations never wait.
    await turn();
    const [reported, reportedNs] = [this.#reported, this.#reportedNs];
    this.mark();
    return { completed: this.#reported - reported, elapsedNs: this.#reportedNs - reportedNs };
  }

  /**
   * Start nothing more and wait for what is in flight, at most so long (not at all once the signal aborts). What is
   * still in flight then is recorded as censored. Gives the operations that succeeded meanwhile.
   */
  async stop(limitMs: number, signal: AbortSignal): Promise<number> {
    const before = this.#completed;
    this.#stopped = true;
    this.#gate.resolve();
    const timedOut = Promise.withResolvers<void>();
    const timer = setTimeout(timedOut.resolve, signal.aborted ? 0 : limitMs);
    const abort = (): void => timedOut.resolve();
    signal.addEventListener('abort', abort, { once: true });
    await Promise.race([Promise.all(this.#loops), timedOut.promise]);
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
    this.#startedNs.forEach((startedNs, user) => {
      if (!Number.isNaN(startedNs))
        this.#recorder.censor(this.#operation[user] ?? 0, this.#now() - startedNs, null);
    });
    return this.#completed - before;
  }

  #close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#gate = Promise.withResolvers<void>();
    this.#sliceDone.resolve();
  }

  async #run(user: number): Promise<void> {
    const { operations, choice } = this.#schedule;
    const mask = choice.length - 1;
    for (;;) {
      while (!this.#open && !this.#stopped) {
        this.#startedNs[user] = NaN;
        await this.#gate.promise;
      }
      if (this.#stopped) {
        this.#startedNs[user] = NaN;
        return;
      }
      // hot path: one promise at most an operation, the one it gives itself
      const index = this.#next++;
      if (index >= wrap) this.#next = 0;
      const id = choice[index & mask]!;
      const timed = --this.#untilTimed <= 0;
      if (timed) this.#untilTimed = this.#stride;
      // An untimed call started before the slice ends: good enough a bound should it be cut off.
      const startNs = timed ? this.#now() : this.#sliceEndNs;
      this.#startedNs[user] = startNs;
      this.#operation[user] = id;
      try {
        let result = operations[id]!(index);
        if (isThenable(result)) result = await result;
        this.#results[index & 7] = result;
        this.#completed++;
        if (timed) this.#finish(id, startNs);
      } catch (error) {
        this.#recorder.fail(error, id);
        if (this.#now() >= this.#sliceEndNs) this.#close();
      }
    }
  }

  #finish(id: number, startNs: number): void {
    const endNs = this.#now();
    this.#recorder.durations[id]!.record(endNs - startNs);
    if (endNs >= this.#sliceEndNs) this.#close();
  }
}
