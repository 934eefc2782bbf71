import { createRandom, shuffle } from '../../measure/random.ts';
import type { Clock } from '../../measure/clock.ts';
import type {
  PairedDecision,
  PairedLook,
  PairedRun,
  PairedSettings,
  PairedSlot,
} from '../../model/paired.ts';
import type { Environment, Validity } from '../../model/result.ts';
import type { ArmPlan } from '../arm.ts';
import { createCalmRounds } from '../measure-calm.ts';
import { measureInProcess, variantsOf } from '../measure-round.ts';
import type { MeasureRound, Variant } from '../measure-round.ts';
import { roundValues } from '../round-values.ts';
import type { RoundValue } from '../round-values.ts';
import { SeriesTable } from '../series-table.ts';
import type { Gate } from '../series-table.ts';
import { variantTagsOf } from '../variant-tags.ts';
import { toRecord } from './to-record.ts';
import type { SelfTestRecord } from './self-test-record.ts';

type Evidence = Pick<
  PairedRun,
  'settings' | 'looks' | 'pairs' | 'control' | 'series' | 'environment' | 'validity'
>;

export interface BoutOptions {
  readonly settings: PairedSettings;
  readonly looks: readonly PairedLook[];
  readonly gate: Gate;
  readonly decide: (run: Evidence, look: number) => PairedDecision;
  readonly environment: Environment;
  readonly signal: AbortSignal;
  readonly now: Clock;
  /** Told before every slot: how many were done, and how many processes each takes. */
  readonly slotted?: (slots: number) => void;
  readonly measure?: MeasureRound;
}

/** One base and what is compared with it, in slots of their own. */
export interface Bout {
  readonly number: number;
  readonly arm: ArmPlan;
  /** Shares of slow-down, a comparison each. */
  readonly injections: readonly number[];
}

/** After every second slot the base is measured once more, which is a control. */
export const pairsPerControl = 2;
/** Rounds of different bouts draw different random numbers. */
const roundsPerBout = 1_000;

/**
 * Compare a version with itself, and with itself made slower, all against the same base processes: in every slot the
 * base and whatever is not decided yet, in an order drawn by the seed. A comparison ends at the look that decides it.
 * Gives each as soon as it has ended; those that have not when the signal aborts are lost.
 */
export async function* runBout(bout: Bout, options: BoutOptions): AsyncGenerator<SelfTestRecord> {
  const { looks, signal, now } = options;
  const random = createRandom(bout.arm.plan.scenario.seed).fork(`bout ${bout.number}`);
  const { measure } = createCalmRounds(options.measure ?? measureInProcess(random));
  const order = random.fork('order');
  const startNs = now();
  let open = bout.injections.map((injected) => new Comparison(injected, options.gate));
  const last = looks.at(-1)?.pairs ?? 0;
  for (let slot = 0; slot < last && open.length > 0; slot++) {
    options.slotted?.(slot);
    const startOfSlotNs = now() - startNs;
    const withControl = (slot + 1) % pairsPerControl === 0;
    const found = await measureSlot(bout, open, { slot, withControl, order, measure, signal });
    if (found === null) return;
    for (const comparison of open) comparison.add(slot, startOfSlotNs, found);
    const look = looks.findIndex(({ pairs }) => pairs === slot + 1);
    if (look === -1) continue;
    const decided = open.map((comparison) => ({
      comparison,
      decision: options.decide(comparison.evidence(options), look),
    }));
    const ended = decided.filter(
      ({ decision }) => decision.outcome !== 'inconclusive' || look === looks.length - 1,
    );
    open = open.filter((one) => !ended.some(({ comparison }) => comparison === one));
    for (const { comparison, decision } of ended)
      yield toRecord(bout.arm.plan.scenario.name, bout.number, comparison.injected, decision);
  }
}

/** Who is measured in a slot: the base, the base again as a control, or a comparison by its number. */
type Place = 'base' | 'control' | number;

interface SlotContext {
  readonly slot: number;
  readonly withControl: boolean;
  readonly order: ReturnType<typeof createRandom>;
  readonly measure: MeasureRound;
  readonly signal: AbortSignal;
}

interface Found {
  readonly values: ReadonlyMap<Place, readonly RoundValue[]>;
  /** In the order in which they were measured, of the first variant. */
  readonly places: readonly Place[];
  readonly open: readonly Comparison[];
}

async function measureSlot(
  { arm, number }: Bout,
  open: readonly Comparison[],
  { slot, withControl, order, measure, signal }: SlotContext,
): Promise<Found | null> {
  const values = new Map<Place, RoundValue[]>();
  const everybody: Place[] = ['base', ...(withControl ? (['control'] as const) : []), ...open.keys()];
  const places = shuffle(everybody, order);
  const round = number * roundsPerBout + slot + 1;
  for (const variant of variantsOf(arm.plan)) {
    for (const place of places) {
      const slowdown = typeof place === 'number' ? (open[place]?.injected ?? 0) : 0;
      const measured = await measureOne(arm, variant, { round, slowdown, measure, signal });
      if (measured === null) return null;
      values.set(place, [...(values.get(place) ?? []), ...measured]);
    }
  }
  return { values, places, open };
}

async function measureOne(
  arm: ArmPlan,
  variant: Variant,
  {
    round,
    slowdown,
    measure,
    signal,
  }: Pick<SlotContext, 'measure' | 'signal'> & { readonly round: number; readonly slowdown: number },
): Promise<RoundValue[] | null> {
  const extras = { usage: true, slowdown, package: null } as const;
  const result = await measure(arm, { ...variant, round, extras }, signal);
  if (result === null || signal.aborted) return null;
  return roundValues(result, variantTagsOf(arm.plan, variant), arm.plan.metrics);
}

/** What was measured for one comparison. */
class Comparison {
  readonly injected: number;
  readonly #table: SeriesTable;
  readonly #pairs: PairedSlot[] = [];
  readonly #control: PairedSlot[] = [];

  constructor(injected: number, gate: Gate) {
    this.injected = injected;
    this.#table = new SeriesTable(gate);
  }

  add(slot: number, startNs: number, { values, places, open }: Found): void {
    const own = open.indexOf(this);
    const base = values.get('base') ?? [];
    this.#table.add('pair', 'base', slot, base);
    this.#table.add('pair', 'head', slot, values.get(own) ?? []);
    this.#pairs.push({ startNs, order: orderOf(places, own) });
    const control = values.get('control');
    if (control === undefined) return;
    const index = this.#control.length;
    this.#table.add('control', 'base', index, base);
    this.#table.add('control', 'head', index, control);
    this.#control.push({ startNs, order: orderOf(places, 'control') });
  }

  evidence({ settings, looks, environment }: BoutOptions): Evidence {
    const validity: Validity = { state: 'valid', reasons: [] };
    const series = this.#table.series(this.#pairs.length, this.#control.length);
    return { settings, looks, pairs: this.#pairs, control: this.#control, series, environment, validity };
  }
}

function orderOf(places: readonly Place[], head: Place): PairedSlot['order'] {
  return places.indexOf('base') < places.indexOf(head) ? 'base first' : 'head first';
}
