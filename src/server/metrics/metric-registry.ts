/** Tags of a series, in the order in which they are written. */
type Labels = Readonly<Record<string, string>>;

interface Counter {
  readonly add: (labels: Labels, by?: number) => void;
}

interface BucketedHistogram {
  readonly observe: (labels: Labels, value: number) => void;
}

/** A value that is read when somebody asks. */
export interface Reading {
  readonly labels: Labels;
  readonly value: number;
}

/** The metrics of one server. A name that was taken is an error of ours: TypeError. */
export interface MetricRegistry {
  readonly counter: (name: string, help: string) => Counter;
  /** `bounds`: upper ends of the buckets, rising. */
  readonly histogram: (name: string, help: string, bounds: readonly number[]) => BucketedHistogram;
  /** `kind` counter: `read` gives totals that only grow. */
  readonly observed: (
    name: string,
    help: string,
    kind: 'gauge' | 'counter',
    read: () => readonly Reading[] | number,
  ) => void;
  /** Everything in the text format of Prometheus, version 0.0.4. */
  readonly text: () => string;
}

interface Metric {
  readonly help: string;
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly lines: (name: string) => string[];
}

export function createMetricRegistry(): MetricRegistry {
  const metrics = new Map<string, Metric>();
  const register = (name: string, metric: Metric): void => {
    if (metrics.has(name)) throw new TypeError(`Expected a new metric, got \`${name}\` again`);
    metrics.set(name, metric);
  };
  return {
    counter(name, help) {
      const values = new Map<string, number>();
      register(name, {
        help,
        kind: 'counter',
        lines: (of) => [...values].map(([labels, value]) => `${of}${labels} ${value}`),
      });
      return {
        add(labels, by = 1) {
          const key = printLabels(labels);
          values.set(key, (values.get(key) ?? 0) + by);
        },
      };
    },
    histogram(name, help, bounds) {
      const series = new Map<string, BucketSeries>();
      register(name, {
        help,
        kind: 'histogram',
        lines: (of) => [...series.values()].flatMap((one) => bucketLines(of, bounds, one)),
      });
      return {
        observe(labels, value) {
          const key = printLabels(labels);
          let one = series.get(key);
          if (one === undefined) {
            one = { labels, counts: new Float64Array(bounds.length + 1), sum: 0 };
            series.set(key, one);
          }
          const found = bounds.findIndex((bound) => value <= bound);
          const bucket = found === -1 ? bounds.length : found;
          one.counts[bucket] = (one.counts[bucket] ?? 0) + 1;
          one.sum += value;
        },
      };
    },
    observed(name, help, kind, read) {
      register(name, {
        help,
        kind,
        lines: (of) => {
          const readings = read();
          const all = typeof readings === 'number' ? [{ labels: {}, value: readings }] : readings;
          return all.map(({ labels, value }) => `${of}${printLabels(labels)} ${value}`);
        },
      });
    },
    text: () =>
      [...metrics]
        .map(([name, { help, kind, lines }]) =>
          [`# HELP ${name} ${help}`, `# TYPE ${name} ${kind}`, ...lines(name), ''].join('\n'),
        )
        .join(''),
  };
}

interface BucketSeries {
  readonly labels: Labels;
  readonly counts: Float64Array;
  sum: number;
}

function bucketLines(
  name: string,
  bounds: readonly number[],
  { labels, counts, sum }: BucketSeries,
): string[] {
  let total = 0;
  const buckets = [...counts].map((count, index) => {
    total += count;
    const le = index < bounds.length ? String(bounds[index]) : '+Inf';
    return `${name}_bucket${printLabels({ ...labels, le })} ${total}`;
  });
  return [
    ...buckets,
    `${name}_sum${printLabels(labels)} ${sum}`,
    `${name}_count${printLabels(labels)} ${total}`,
  ];
}

function printLabels(labels: Labels): string {
  const parts = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return parts.length === 0 ? '' : `{${parts.join(',')}}`;
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
