/** A value and how often it was recorded; by rising value. */
export interface Bucket {
  /** Lowest and highest value that the bucket stands for. */
  readonly lowest: number;
  readonly highest: number;
  readonly count: number;
}

/**
 * HdrHistogram's percentile distribution (`.hgrm`): the text that `outputPercentileDistribution` of the Java library
 * writes with five ticks a half distance, which its plotter and other tools read. Values are divided by `scale`.
 */
export function percentileDistribution(buckets: readonly Bucket[], scale: number): string {
  const total = buckets.reduce((sum, { count }) => sum + count, 0);
  const lines = [
    `${'Value'.padStart(12)} ${'Percentile'.padStart(14)} ${'TotalCount'.padStart(10)} 1/(1-Percentile)`,
    '',
  ];
  let level = 0;
  let counted = 0;
  for (const { highest, count } of buckets) {
    counted += count;
    const share = (100 * counted) / total;
    while (level <= share && level < 100) {
      lines.push(`${row(highest, level, counted, scale)} ${(1 / (1 - level / 100)).toFixed(2).padStart(14)}`);
      if (counted === total) break;
      level = nextLevel(level);
    }
  }
  const max = buckets.at(-1)?.highest ?? 0;
  if (total > 0) lines.push(row(max, 100, total, scale));
  const { mean, deviation } = momentsOf(buckets, total);
  const number = (value: number): string => (value / scale).toFixed(digits).padStart(12);
  lines.push(
    `#[Mean    = ${number(mean)}, StdDeviation   = ${number(deviation)}]`,
    `#[Max     = ${number(max)}, Total count    = ${String(total).padStart(12)}]`,
    `#[Buckets = ${'32'.padStart(12)}, SubBuckets     = ${'2048'.padStart(12)}]`,
  );
  return `${lines.join('\n')}\n`;
}

/** Of the histograms' configuration; also the decimal places of a value. */
const digits = 3;
const ticksPerHalfDistance = 5;

/** The step is halved each time that half of the distance to 100 % is covered (HdrHistogram, PercentileIterator). */
function nextLevel(level: number): number {
  const halvings = Math.floor(Math.log2(100 / (100 - level))) + 1;
  return level + 100 / (ticksPerHalfDistance * 2 ** halvings);
}

function row(value: number, level: number, counted: number, scale: number): string {
  return [
    (value / scale).toFixed(digits).padStart(12),
    (level / 100).toFixed(12),
    String(counted).padStart(10),
  ].join(' ');
}

/** From the middle of each bucket, as the Java library does. */
function momentsOf(buckets: readonly Bucket[], total: number): { mean: number; deviation: number } {
  if (total === 0) return { mean: 0, deviation: 0 };
  const middle = ({ lowest, highest }: Bucket): number => lowest + Math.floor((highest - lowest + 1) / 2);
  const mean = buckets.reduce((sum, bucket) => sum + middle(bucket) * bucket.count, 0) / total;
  const squares = buckets.reduce((sum, bucket) => sum + (middle(bucket) - mean) ** 2 * bucket.count, 0);
  return { mean, deviation: Math.sqrt(squares / total) };
}
