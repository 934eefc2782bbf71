import { createRandom } from '../../../src/measure/random.ts';
import { decidePaired } from '../../../src/judge/paired/decide-paired.ts';
import { pairedDefaults } from '../../../src/judge/paired/paired-settings.ts';
import { planLooks } from '../../../src/judge/paired/plan-looks.ts';
import type { Random } from '../../../src/measure/random.ts';
import type { PairedEvidence } from '../../../src/judge/paired/decide-paired.ts';
import type { PairedDecision, PairedSeries, PairedSettings, PairedSlot } from '../../../src/model/paired.ts';

/** Noise of the processes of one run, in the order in which they ran: logarithms, with a deviation of about 1. */
export type Noise = (random: Random) => () => number;

export const noises = {
  normal: (random) => () => gauss(random),
  /** Student's t with three degrees of freedom, scaled to a deviation of 1. */
  'heavy tails': (random) => () => {
    const squares = [0, 0, 0].reduce((sum) => sum + gauss(random) ** 2, 0);
    return gauss(random) / Math.sqrt(squares / 3) / Math.sqrt(3);
  },
  /** One process in ten is disturbed, and only ever slower. */
  bursts: (random) => () => gauss(random) * 0.6 + (random.next() < 0.1 ? 4 * random.next() : 0),
  /** The machine warms up: each process is slower than the one before. */
  drift: (random) => {
    let processes = 0;
    return () => gauss(random) + 0.1 * processes++;
  },
  /** Each process is much like the one before (AR(1), 0.9). */
  autocorrelated: (random) => {
    let last = gauss(random);
    return () => (last = 0.9 * last + Math.sqrt(1 - 0.81) * gauss(random));
  },
  /** The machine has two speeds and changes between them now and then. */
  'two speeds': (random) => {
    let fast = true;
    return () => {
      if (random.next() < 0.1) fast = !fast;
      return (fast ? -1 : 1) + 0.3 * gauss(random);
    };
  },
} satisfies Record<string, Noise>;

export interface Simulation {
  readonly seed: number;
  readonly noise: Noise;
  /** Standard deviation over the pairs of the logarithm of head / base, where the processes are independent. */
  readonly spread: number;
  /** True change of the durations: 0.05 is 5 % slower. */
  readonly change?: number;
  /** Subjects, each with the three series of `seriesOf`. */
  readonly subjects?: number;
  /** How much of the noise the subjects of one process have in common, 0 to 1. */
  readonly common?: number;
  readonly maxPairs?: number;
  readonly settings?: Partial<PairedSettings>;
}

interface Slot extends PairedSlot {
  readonly base: readonly number[];
  readonly head: readonly number[];
}

/** A whole run as one would record it: P50, P95 and throughput of every subject, pairs and every third slot a control. */
export function simulateRun(simulation: Simulation): PairedEvidence {
  const { seed, noise, spread, change = 0, subjects = 1, common = 0.5, maxPairs = 40 } = simulation;
  const random = createRandom(seed);
  const shared = noise(random.fork('shared'));
  const own = Array.from({ length: subjects * 3 }, (_, index) => noise(random.fork(`own ${index}`)));
  const coin = random.fork('coin');
  // logarithms of the durations that one process gives
  const process = (of: number): number[] => {
    const together = shared();
    return own.map(
      (next) =>
        Math.log1p(of) +
        (spread / Math.SQRT2) * (Math.sqrt(common) * together + Math.sqrt(1 - common) * next()),
    );
  };
  const pairs: Slot[] = [];
  const control: Slot[] = [];
  for (let slot = 0; pairs.length < maxPairs; slot++) {
    const isControl = slot % 3 === 2;
    const order = coin.next() < 0.5 ? ('base first' as const) : ('head first' as const);
    const later = isControl ? 0 : change;
    const [first, second] =
      order === 'base first' ? [process(0), process(later)] : [process(later), process(0)];
    const [base, head] = order === 'base first' ? [first, second] : [second, first];
    (isControl ? control : pairs).push({ startNs: slot * 1e9, order, base, head });
  }
  const series = own.map((_, index) => seriesOf(index, pairs, control));
  return {
    settings: { ...pairedDefaults, ...simulation.settings },
    looks: planLooks(maxPairs),
    pairs: pairs.map(({ startNs, order }) => ({ startNs, order })),
    control: control.map(({ startNs, order }) => ({ startNs, order })),
    series,
    environment,
    validity: { state: 'valid', reasons: [] },
  };
}

function seriesOf(index: number, pairs: readonly Slot[], control: readonly Slot[]): PairedSeries {
  const { metric, statistic, unit, usual, sign } = kinds[index % 3] ?? kinds[0];
  const value = (logarithm = 0): number => usual * Math.exp(sign * logarithm);
  const values = (slots: readonly Slot[]): Pick<PairedSeries, 'base' | 'head'> => ({
    base: slots.map(({ base }) => value(base[index])),
    head: slots.map(({ head }) => value(head[index])),
  });
  return {
    metric,
    tags: { subject: `s${Math.floor(index / 3)}` },
    statistic,
    unit,
    perSecond: statistic === 'rate',
    better: sign === 1 ? 'lower' : 'higher',
    gated: true,
    threshold: null,
    floor: 0,
    ...values(pairs),
    control: values(control),
    samplesPerRun: statistic === 'rate' ? null : 50_000,
  };
}

const kinds = [
  { metric: 'op_duration', statistic: 'p50', unit: 'ns', usual: 20_000, sign: 1 },
  { metric: 'throughput', statistic: 'rate', unit: 'count', usual: 50_000, sign: -1 },
  { metric: 'op_duration', statistic: 'p95', unit: 'ns', usual: 30_000, sign: 1 },
] as const;

/** As a run does it: look after look until it passes or fails. */
export function decideInTurn(run: PairedEvidence): PairedDecision {
  let decision = decidePaired(run, 0);
  for (let look = 1; look < run.looks.length; look++) {
    if (decision.outcome === 'pass' || decision.outcome === 'fail') return decision;
    decision = decidePaired(run, look);
  }
  return decision;
}

/** Box and Muller. */
function gauss(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}

export const environment = {
  node: 'v24.0.0',
  v8: '13.6',
  platform: 'linux',
  arch: 'x64',
  osRelease: '6.1',
  cpuModel: 'a processor',
  cores: 2,
  cpuQuota: null,
  memoryBytes: 8e9,
  ci: null,
  loadAverage1m: 0.1,
  clockCostNs: 40,
  fingerprint: '0123456789abcdef',
} as const;
