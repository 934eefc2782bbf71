import type { Clock } from '../../measure/clock.ts';
import type { Histogram } from '../../measure/histogram.ts';
import type { Operation } from '../subjects/driver.ts';

/**
 * The inner loops that call a subject. One instance of this module serves one subject (see load-loops.ts), so every
 * call site below sees one function only, and V8 can compile and inline it as it would in the user's own loop.
 */

/** Operations and the order in which they come. */
export interface Schedule {
  readonly names: readonly string[];
  readonly operations: readonly Operation[];
  /** Index into `operations` for the call number `index & (choice.length - 1)`; a power of two long. */
  readonly choice: Uint8Array;
}

/** Told of every call that threw; must not throw. */
export type OnError = (error: unknown, operation: number) => void;

/**
 * Results go here, eight at a time. An element of an ordinary array at an index that changes is a store which the
 * compiler can neither drop nor delay, so the call that made the value must happen. It costs about a nanosecond.
 */
export type Results = unknown[];

/** Call the operations number `start` to `end - 1` without looking at the clock. */
export function runBatch(
  schedule: Schedule,
  start: number,
  end: number,
  results: Results,
  onError: OnError,
): void {
  if (schedule.operations.length === 1) runOne(schedule, start, end, results, onError);
  else runMix(schedule, start, end, results, onError);
}

function runOne(
  { operations }: Schedule,
  start: number,
  end: number,
  results: Results,
  onError: OnError,
): void {
  const operation = operations[0]!;
  let index = start;
  // A throw leaves the inner loop, and the outer one enters it again behind the call that failed: the try block
  // is entered once a batch, not once a call.
  while (index < end) {
    try {
      // hot path
      for (; index < end; index++) results[index & 7] = operation(index);
    } catch (error) {
      onError(error, 0);
      index++;
    }
  }
}

function runMix(
  { operations, choice }: Schedule,
  start: number,
  end: number,
  results: Results,
  onError: OnError,
): void {
  const mask = choice.length - 1;
  // A call site of its own for each of the first four: one site for all would be called through a generic stub.
  const first = operations[0]!;
  const second = operations[1]!;
  const third = operations[2] ?? first;
  const fourth = operations[3] ?? first;
  let index = start;
  while (index < end) {
    try {
      // hot path
      for (; index < end; index++) {
        const id = choice[index & mask]!;
        if (id === 0) results[index & 7] = first(index);
        else if (id === 1) results[index & 7] = second(index);
        else if (id === 2) results[index & 7] = third(index);
        else if (id === 3) results[index & 7] = fourth(index);
        else results[index & 7] = operations[id]!(index);
      }
    } catch (error) {
      onError(error, choice[index & mask]!);
      index++;
    }
  }
}

/** Call the operations number `start` to `end - 1`, each between two readings of the clock. */
export function timeEach(
  { operations, choice }: Schedule,
  start: number,
  end: number,
  results: Results,
  onError: OnError,
  now: Clock,
  durations: readonly Histogram[],
): void {
  const mask = choice.length - 1;
  let index = start;
  while (index < end) {
    try {
      // hot path
      for (; index < end; index++) {
        const id = choice[index & mask]!;
        const operation = operations[id]!;
        const startNs = now();
        const result = operation(index);
        const endNs = now();
        results[index & 7] = result;
        durations[id]!.record(endNs - startNs);
      }
    } catch (error) {
      onError(error, choice[index & mask]!);
      index++;
    }
  }
}
