import type { PairedSeries } from '../model/paired.ts';
import type { RoundValue } from './round-values.ts';

/** Whether a series is to decide. `samples`: fewest of the base's processes; null where they say nothing. */
export type Gate = (series: Pick<PairedSeries, 'metric' | 'better'>, samples: number | null) => boolean;

export type SlotKind = 'pair' | 'control';

/** What has been measured so far: a column of values for each series, side and kind of slot. */
export class SeriesTable {
  readonly #rows = new Map<string, Row>();
  readonly #gate: Gate;

  constructor(gate: Gate) {
    this.#gate = gate;
  }

  /** Values of slot number `index` of its kind. A process that does not give a series leaves null in it. */
  add(kind: SlotKind, side: 'base' | 'head', index: number, values: readonly RoundValue[]): void {
    for (const value of values) {
      const row = this.#rowOf(value);
      row.values[kind][side][index] = value.value;
      row.floor = Math.max(row.floor, value.floor);
      if (value.samples === null) continue;
      row.samples = Math.min(row.samples ?? Infinity, value.samples);
      if (kind === 'pair' && side === 'base')
        row.baseSamples = Math.min(row.baseSamples ?? Infinity, value.samples);
    }
  }

  /** As they stand after so many pairs and controls. */
  series(pairs: number, controls: number): PairedSeries[] {
    return [...this.#rows.values()].map(({ value, values, samples, baseSamples, floor }) => {
      const { metric, tags, statistic, unit, perSecond, better } = value;
      return {
        metric,
        tags,
        statistic,
        unit,
        perSecond,
        better,
        gated: this.#gate(value, baseSamples),
        threshold: null,
        floor,
        base: column(values.pair.base, pairs),
        head: column(values.pair.head, pairs),
        control: {
          base: column(values.control.base, controls),
          head: column(values.control.head, controls),
        },
        samplesPerRun: statistic.startsWith('p') ? samples : null,
      };
    });
  }

  #rowOf(value: RoundValue): Row {
    const key = JSON.stringify([value.metric, value.statistic, Object.entries(value.tags)]);
    const known = this.#rows.get(key);
    if (known !== undefined) return known;
    const columns = (): Columns => ({ base: [], head: [] });
    const values = { pair: columns(), control: columns() };
    const row = { value, values, samples: null, baseSamples: null, floor: 0 };
    this.#rows.set(key, row);
    return row;
  }
}

interface Columns {
  readonly base: (number | null)[];
  readonly head: (number | null)[];
}

interface Row {
  readonly value: RoundValue;
  readonly values: Readonly<Record<SlotKind, Columns>>;
  samples: number | null;
  baseSamples: number | null;
  floor: number;
}

function column(values: readonly (number | null)[], length: number): (number | null)[] {
  return Array.from({ length }, (_, index) => values[index] ?? null);
}
