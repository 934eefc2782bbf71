import { readGroup } from '../../measure/selection.ts';
import { blocksEvidence } from './blocks-evidence.ts';
import { resampleHistograms } from './resample-histograms.ts';
import { resampleScalars } from './resample-scalars.ts';
import { roundsEvidence } from './rounds-evidence.ts';
import { aggregations, statisticsOf } from './statistics-of.ts';
import type { Random } from '../../measure/random.ts';
import type { Statistic } from '../../model/comparison.ts';
import type { Resampled } from './blocks-evidence.ts';
import type { ChangeScale } from './change-scale.ts';
import type { ComparedSeries } from './compared-series.ts';
import type { Evidence } from './evidence.ts';
import type { TableSpace } from './resample-histograms.ts';

/** What the replicates of a series say of its statistics. */
export interface Gathered {
  /** Why they say nothing; null when they do. */
  readonly fault: string | null;
  /** Null where there is none. `neededP` is the smallest probability that the test must be able to reach. */
  readonly evidence: (statistic: Statistic, neededP: number) => Evidence | null;
}

export interface GatherOptions {
  /** The scale that each statistic is tested on; none where it has no value. */
  readonly scales: ReadonlyMap<Statistic, ChangeScale>;
  readonly confidence: number;
  /** Draws of the bootstrap. */
  readonly resamples: number;
  readonly random: Random;
  readonly spaces: { readonly base: TableSpace; readonly head: TableSpace };
}

/** Replicates that either side needs: three processes, or ten slices of time. */
const replicatesNeeded = { round: 3, time: 10 } satisfies Record<ComparedSeries['replicatedBy'], number>;
const replicateNames = { round: 'rounds', time: 'seconds' } satisfies Record<
  ComparedSeries['replicatedBy'],
  string
>;

export function gatherEvidence(base: ComparedSeries, head: ComparedSeries, options: GatherOptions): Gathered {
  const by = head.replicatedBy;
  const fewest = Math.min(base.replicates.length, head.replicates.length);
  if (base.replicatedBy !== by) return none('one was measured in rounds, the other in seconds');
  if (fewest < replicatesNeeded[by])
    return none(
      `${fewest} ${replicateNames[by]} with data; a verdict takes ${replicatesNeeded[by]} on either side`,
    );
  return { fault: null, evidence: gatherers[by](base, head, options) };
}

function none(fault: string): Gathered {
  return { fault, evidence: () => null };
}

const gatherers = { round: fromRounds, time: fromTime } satisfies Record<
  ComparedSeries['replicatedBy'],
  (base: ComparedSeries, head: ComparedSeries, options: GatherOptions) => Gathered['evidence']
>;

function fromRounds(
  base: ComparedSeries,
  head: ComparedSeries,
  options: GatherOptions,
): Gathered['evidence'] {
  return (statistic, neededP) => {
    const scale = options.scales.get(statistic);
    if (scale === undefined) return null;
    // from the same point, so that a difference of two values is the change between them
    const values = (side: ComparedSeries): number[] =>
      roundValues(side, statistic).map((value) => scale.between(scale.scale === 'ratio' ? 1 : 0, value));
    return roundsEvidence(values(base), values(head), { confidence: options.confidence, neededP });
  };
}

function roundValues({ metric, definition, replicates }: ComparedSeries, statistic: Statistic): number[] {
  return replicates.flatMap((series) => {
    const reading = readGroup({ metric, variant: {}, series }, definition, aggregations[statistic]);
    return reading === null || !Number.isFinite(reading.value) ? [] : [reading.value];
  });
}

/** All statistics of a series are read from the same draws, when the first of them is asked for. */
function fromTime(base: ComparedSeries, head: ComparedSeries, options: GatherOptions): Gathered['evidence'] {
  const statistics = statisticsOf[head.definition.kind];
  let drawn: (Evidence | null)[] | null = null;
  return (statistic) => {
    drawn ??= blocksEvidence(resample(base, options.spaces.base), resample(head, options.spaces.head), {
      ...options,
      statistics: statistics.length,
      change: (index, from, to) => options.scales.get(statistics[index] ?? 'value')?.between(from, to) ?? NaN,
    });
    return drawn[statistics.findIndex((one) => one === statistic)] ?? null;
  };
}

function resample({ definition, replicates }: ComparedSeries, space: TableSpace): Resampled {
  if (definition.kind !== 'histogram') return resampleScalars(replicates, definition);
  return resampleHistograms(
    replicates,
    statisticsOf.histogram.map((statistic) => aggregations[statistic].percentile),
    space,
  );
}
