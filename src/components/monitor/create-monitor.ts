import { Alarm } from '../internal/alarm.ts';
import { callable, delayMs, expected, positiveInteger } from '../internal/option-checks.ts';
import { monotonicMs, systemTimers } from '../internal/timers.ts';
import { SampledCounter, SampledGauge, SampledTiming } from './instruments.ts';
import { SampleRing } from './sample-ring.ts';
import { levels, openSystemReader, totals } from './system-use.ts';
import { noSpan, startSpan } from './spans.ts';
import { Thresholds } from './thresholds.ts';
import type { Instrument } from './instruments.ts';
import type {
  Counter,
  Gauge,
  Monitor,
  MonitorOptions,
  MonitorStats,
  SampleSeries,
  Span,
  SystemReader,
  SystemReading,
  Timing,
} from './monitor.ts';
import type { Alert } from './thresholds.ts';

/** A monitor that samples from now on. Throws TypeError or RangeError that names the option. */
export function createMonitor(options: MonitorOptions = {}): Monitor {
  return new SamplingMonitor(options);
}

const namePattern = /^[a-zA-Z_][\w.:/-]{0,99}$/;

class SamplingMonitor implements Monitor {
  readonly #intervalMs: number;
  readonly #now: () => number;
  readonly #onAlert: (alert: Alert) => void;
  readonly #beforeSample: () => void;
  readonly #ring: SampleRing;
  readonly #thresholds: Thresholds;
  readonly #system: SystemReader | null;
  readonly #instruments = new Map<string, Instrument>();
  readonly #maxInstruments: number;
  readonly #isCustom: boolean;
  readonly #isTraced: boolean;
  readonly #alarm: Alarm;
  #before: SystemReading = {};
  #lastMs: number;
  #refused = 0;
  #isStopped = false;

  constructor(options: MonitorOptions) {
    this.#intervalMs = delayMs('sampleIntervalMs', options.sampleIntervalMs ?? 1_000);
    if (this.#intervalMs < 1)
      throw new RangeError(expected('sampleIntervalMs', 'at least 1', this.#intervalMs));
    this.#now = callable('now', options.now ?? monotonicMs);
    this.#onAlert = callable('onAlert', options.onAlert ?? (() => undefined));
    this.#beforeSample = callable('beforeSample', options.beforeSample ?? (() => undefined));
    const maxMetrics = positiveInteger('maxMetrics', options.maxMetrics ?? 500, 100_000);
    this.#maxInstruments = maxMetrics;
    this.#ring = new SampleRing(positiveInteger('bufferSize', options.bufferSize ?? 600, 1e6), maxMetrics);
    this.#thresholds = new Thresholds(options.thresholds ?? []);
    this.#isCustom = options.customMetrics ?? true;
    this.#isTraced = options.traceMetrics ?? true;
    this.#system = (options.systemMetrics ?? true) ? (options.readSystem ?? openSystemReader()) : null;
    this.#before = this.#system?.read() ?? {};
    this.#lastMs = this.#now();
    this.#alarm = new Alarm(options.timers ?? systemTimers, () => this.#ringAlarm(), { keepsAlive: false });
    this.#alarm.set(this.#intervalMs);
  }

  counter(name: string): Counter {
    return this.#instrument(name, SampledCounter, () => new SampledCounter(), this.#isCustom);
  }

  gauge(name: string): Gauge {
    return this.#instrument(name, SampledGauge, () => new SampledGauge(), this.#isCustom);
  }

  timing(name: string): Timing {
    return this.#instrument(name, SampledTiming, () => new SampledTiming(), this.#isCustom);
  }

  startSpan(name: string): Span {
    if (!this.#isTraced) return noSpan;
    return startSpan(name, (full) => this.#instrument(full, SampledTiming, spanTiming, true), this.#now);
  }

  sample(): void {
    if (this.#isStopped) return;
    this.#beforeSample();
    const atMs = this.#now();
    const elapsedMs = atMs - this.#lastMs;
    this.#lastMs = atMs;
    const sample = new Map<string, number>();
    this.#addSystem(elapsedMs, sample);
    for (const [name, instrument] of this.#instruments) instrument.collect(name, elapsedMs, sample);
    this.#ring.add(atMs, sample);
    for (const alert of this.#thresholds.see(atMs, sample)) this.#tell(alert);
  }

  latest(): Readonly<Record<string, number>> {
    return this.#ring.latest();
  }

  series(metric: string): SampleSeries | null {
    return this.#ring.series(metric);
  }

  stats(): MonitorStats {
    const { count, kept, columns, refused } = this.#ring;
    return {
      samples: count,
      kept,
      metrics: columns,
      refused: refused + this.#refused,
      alerts: this.#thresholds.raised(),
    };
  }

  stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#alarm.clear();
    this.#system?.close();
  }

  #ringAlarm(): void {
    this.#alarm.set(this.#intervalMs);
    this.sample();
  }

  #addSystem(elapsedMs: number, sample: Map<string, number>): void {
    if (this.#system === null) return;
    const reading = this.#system.read();
    for (const metric of totals) {
      const [now, before] = [reading[metric], this.#before[metric]];
      if (now !== undefined && before !== undefined && elapsedMs > 0) {
        sample.set(metric, ((now - before) / elapsedMs) * 1_000);
      }
    }
    for (const metric of levels) {
      const now = reading[metric];
      if (now !== undefined) sample.set(metric, now);
    }
    this.#before = reading;
  }

  /** One that is not wanted, or not kept, can be recorded into all the same. */
  #instrument<T extends Instrument>(
    name: string,
    kind: abstract new (...args: never[]) => T,
    make: () => T,
    isWanted: boolean,
  ): T {
    checkName(name);
    const known = this.#instruments.get(name);
    if (known instanceof kind) return known;
    if (known !== undefined) throw new TypeError(`Expected \`${name}\` to be of one kind, got a second one.`);
    const made = make();
    if (!isWanted) return made;
    if (this.#instruments.size < this.#maxInstruments) this.#instruments.set(name, made);
    else this.#refused++;
    return made;
  }

  #tell(alert: Alert): void {
    try {
      this.#onAlert(alert);
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}

function spanTiming(): SampledTiming {
  return new SampledTiming(true);
}

function checkName(name: unknown): void {
  if (typeof name === 'string' && name.length <= 100 && namePattern.test(name)) return;
  throw new TypeError(expected('name', 'a name of letters, digits and _.:/-, at most 100 long', name));
}
