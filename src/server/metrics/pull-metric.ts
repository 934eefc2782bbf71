import { Counter, Gauge } from 'prom-client';
import type { Registry } from 'prom-client';

/** A value that is read when somebody asks. */
export interface Reading {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A metric whose values are those of a part: read at each scrape, kept nowhere else. */
export interface PullMetric {
  readonly name: string;
  readonly help: string;
  /** `counter`: `read` gives totals that only grow. */
  readonly kind: 'gauge' | 'counter';
  /** Names of the labels that readings have. @default none */
  readonly labels?: readonly string[];
  /** No readings: the metric has no sample, for what is not known is not 0. */
  readonly read: () => number | readonly Reading[];
}

/** Add one to a registry. Throws Error for a name that is taken. */
export function addPullMetric(registry: Registry, { name, help, kind, labels = [], read }: PullMetric): void {
  const common = { name, help, registers: [registry], labelNames: [...labels] };
  const all = (): readonly Reading[] => {
    const readings = read();
    return typeof readings === 'number' ? [{ labels: {}, value: readings }] : readings;
  };
  if (kind === 'gauge') {
    const gauge = new Gauge({
      ...common,
      collect() {
        // What is not there any more must not keep its last value.
        gauge.reset();
        const readings = all();
        if (readings.length === 0 && labels.length === 0) gauge.remove({});
        for (const { labels: own, value } of readings) gauge.set(own, value);
      },
    });
    return;
  }
  const counter = new Counter({
    ...common,
    collect() {
      counter.reset();
      for (const { labels: own, value } of all()) counter.inc(own, value);
    },
  });
}
