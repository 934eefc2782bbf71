import { metricCatalogue } from '../../model/metrics.ts';
import { mergeCounters, mergeErrors, mergeGauges, mergeHistograms } from './merge-slices.ts';
import type { Interval } from '../../model/interval.ts';
import type { MetricDefinition } from '../../model/metrics.ts';

/** Makes the intervals of several threads into those of one run. */
export interface IntervalMerger {
  readonly add: (worker: number, interval: Interval) => void;
  /** The thread will tell no more of these phases. */
  readonly passed: (worker: number, phases: readonly string[]) => void;
  /** The thread has ended. */
  readonly gone: (worker: number) => void;
  /** Everything that is held is handed on. */
  readonly flush: () => void;
}

export interface IntervalMergerOptions {
  readonly workers: number;
  /** Of the plan: they say which counters are ratios. */
  readonly metrics: readonly MetricDefinition[];
  readonly sink: (interval: Interval) => void;
}

/** Seconds of a phase that are held for a thread that is late; what it tells later is added to a later second. */
const maxHeld = 4;
const secondNs = 1e9;
/** A tick is late by a timer's grain and more: so much of a second still counts as the one before. */
const lateness = 0.1;

/** One second of one phase: what each thread has told of it. */
interface Slot {
  readonly second: number;
  readonly parts: (Interval[] | undefined)[];
}

/** A phase that some threads are in. */
interface Held {
  /** Start of the phase on the clock of each thread's intervals. */
  readonly startNs: (number | undefined)[];
  /** The latest second that each thread has told of; Infinity when it has told of all. */
  readonly latest: number[];
  slots: Slot[];
  /** On the clock of the merged intervals. */
  readonly originNs: number;
  /** Up to where it was handed on, from the phase's start. */
  toldNs: number;
  toldSecond: number;
}

/**
 * Intervals of the same second of the same phase are added up as soon as all threads have told of it. The time that a
 * merged interval takes is what has passed since the one before, so that the times add up to the phase's own however
 * late a thread was: a rate is over wall time.
 */
export function createIntervalMerger({ workers, metrics, sink }: IntervalMergerOptions): IntervalMerger {
  const rates = new Map([...metricCatalogue.load, ...metrics].map(({ name, rate }) => [name, rate]));
  const phases = new Map<string, Held>();
  /** Phases that each thread is done with. */
  const done = Array.from({ length: workers }, () => new Set<string>());
  const ended = new Set<number>();

  function heldOf(phase: string, originNs: number): Held {
    let held = phases.get(phase);
    if (held === undefined) {
      const latest = Array.from({ length: workers }, (_, worker) =>
        ended.has(worker) || done[worker]?.has(phase) === true ? Infinity : 0,
      );
      held = { startNs: [], latest, slots: [], originNs, toldNs: 0, toldSecond: 0 };
      phases.set(phase, held);
    }
    return held;
  }

  function handOn(held: Held): void {
    const complete = Math.min(...held.latest);
    while (held.slots.length > 0) {
      const [slot] = held.slots;
      if (slot === undefined || (slot.second > complete && held.slots.length <= maxHeld)) return;
      held.slots.shift();
      held.toldSecond = slot.second;
      tell(held, slot);
    }
  }

  function tell(held: Held, { parts }: Slot): void {
    const all = parts.flatMap((own) => own ?? []);
    const [first] = all;
    if (first === undefined) return;
    const endNs = Math.max(
      held.toldNs,
      ...parts.flatMap((own, worker) =>
        (own ?? []).map((part) => part.startNs + part.durationNs - (held.startNs[worker] ?? 0)),
      ),
    );
    const durationNs = endNs - held.toldNs;
    sink({
      startNs: held.originNs + held.toldNs,
      durationNs,
      tags: first.tags,
      measured: first.measured,
      histograms: mergeHistograms(all.flatMap(({ histograms }) => histograms)),
      counters: mergeCounters(
        all.flatMap(({ counters }) => counters),
        durationNs,
        rates,
      ),
      // of a thread that told twice, the later reading
      gauges: mergeGauges(
        parts.flatMap((own) => own?.findLast(({ gauges }) => gauges.length > 0)?.gauges ?? []),
      ),
      errors: mergeErrors(all.flatMap(({ errors }) => errors)),
    });
    held.toldNs = endNs;
  }

  return {
    add: (worker, interval) => {
      const held = heldOf(interval.tags['phase'] ?? '', interval.startNs);
      const startNs = (held.startNs[worker] ??= interval.startNs);
      const endNs = interval.startNs + interval.durationNs - startNs;
      const own = Math.max(1, Math.ceil(endNs / secondNs - lateness));
      // what ended after its phase belongs to the last second that is still held
      const second = Math.max(own, held.toldSecond + 1);
      slotOf(
        held,
        interval.durationNs === 0 ? Math.max(second, held.slots.at(-1)?.second ?? 0) : second,
        worker,
      ).push(interval);
      held.latest[worker] = Math.max(held.latest[worker] ?? 0, second);
      handOn(held);
    },
    passed: (worker, names) => {
      for (const name of names) {
        done[worker]?.add(name);
        const held = phases.get(name);
        if (held === undefined) continue;
        held.latest[worker] = Infinity;
        handOn(held);
      }
    },
    gone: (worker) => {
      ended.add(worker);
      for (const held of phases.values()) {
        held.latest[worker] = Infinity;
        handOn(held);
      }
    },
    flush: () => {
      for (const held of phases.values()) {
        held.latest.fill(Infinity);
        handOn(held);
      }
    },
  };
}

function slotOf(held: Held, second: number, worker: number): Interval[] {
  let slot = held.slots.find((one) => one.second === second);
  if (slot === undefined) {
    slot = { second, parts: [] };
    held.slots = [...held.slots, slot].toSorted((a, b) => a.second - b.second);
  }
  return (slot.parts[worker] ??= []);
}
