import { createRandom, shuffle } from '../../measure/random.ts';
import type { Clock } from '../../measure/clock.ts';
import type { Random } from '../../measure/random.ts';
import type {
  PairedDecision,
  PairedLook,
  PairedRun,
  PairedSettings,
  PairedSlot,
} from '../../model/paired.ts';
import type { Environment, Validity } from '../../model/result.ts';
import type { ArmPlan } from '../arm.ts';
import { createRoundsInTurns } from '../measure-in-turns.ts';
import type { MeasureInTurns } from '../measure-in-turns.ts';
import { measureInProcess, variantsOf } from '../measure-round.ts';
import type { MeasureRound } from '../measure-round.ts';
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
  /** Told before every slot how many were done. */
  readonly slotted?: (slots: number) => void;
  readonly measure?: MeasureRound;
}

/** Comparisons of one version with itself that share their controls. */
export interface Bout {
  readonly number: number;
  readonly arm: ArmPlan;
  /** Shares of slow-down of the head, a comparison each. */
  readonly injections: readonly number[];
}

/** After every second slot comes a pair of the base with itself, which is a control. */
export const pairsPerControl = 2;
/** Rounds of different bouts draw different random numbers. */
const roundsPerBout = 1_000;

/**
 * Compare a version with itself, and with itself made slower, as versions are compared: in every slot a pair for each
 * comparison that is not decided yet. A comparison ends at the look that decides it. Gives each as soon as it has ended;
 * those that have not when the signal aborts are lost.
 */
export async function* runBout(bout: Bout, options: BoutOptions): AsyncGenerator<SelfTestRecord> {
  const { looks, signal, now } = options;
  const random = createRandom(bout.arm.plan.scenario.seed).fork(`bout ${bout.number}`);
  const { measure } = createRoundsInTurns(options.measure ?? measureInProcess(random));
  const order = random.fork('order');
  const startNs = now();
  let open = bout.injections.map((injected) => new Comparison(injected, options.gate));
  const last = looks.at(-1)?.pairs ?? 0;
  for (let slot = 0; slot < last && open.length > 0; slot++) {
    options.slotted?.(slot);
    const startOfSlotNs = now() - startNs;
    const context = { slot, order, measure, signal };
    const pairs = new Map<Comparison, MeasuredPair>();
    for (const comparison of shuffle([...open], order)) {
      const pair = await measurePair(bout, comparison.injected, context);
      if (pair === null) return;
      pairs.set(comparison, pair);
    }
    const control = (slot + 1) % pairsPerControl === 0 ? await measurePair(bout, 0, context) : undefined;
    if (control === null) return;
    for (const [comparison, pair] of pairs) comparison.add(slot, startOfSlotNs, pair, control);
    const look = looks.findIndex(({ pairs: wanted }) => wanted === slot + 1);
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

interface SlotContext {
  readonly slot: number;
  readonly order: Random;
  readonly measure: MeasureInTurns;
  readonly signal: AbortSignal;
}

interface MeasuredPair {
  readonly order: PairedSlot['order'];
  readonly base: readonly RoundValue[];
  readonly head: readonly RoundValue[];
}

async function measurePair(
  { arm, number }: Bout,
  injected: number,
  { slot, order: random, measure, signal }: SlotContext,
): Promise<MeasuredPair | null> {
  const order = random.next() < 0.5 ? 'base first' : 'head first';
  const sides = order === 'base first' ? (['base', 'head'] as const) : (['head', 'base'] as const);
  const values: Record<'base' | 'head', RoundValue[]> = { base: [], head: [] };
  const round = number * roundsPerBout + slot + 1;
  for (const variant of variantsOf(arm.plan)) {
    const entries = sides.map((side) => {
      const slowdown = side === 'head' ? injected : 0;
      return {
        arm,
        task: { ...variant, round, extras: { usage: true, turns: true, slowdown, package: null } },
      };
    });
    const results = await measure(entries, signal);
    if (results === null) return null;
    const tags = variantTagsOf(arm.plan, variant);
    for (const [at, side] of sides.entries()) {
      const result = results[at];
      if (result !== undefined) values[side].push(...roundValues(result, tags, arm.plan.metrics));
    }
  }
  return { order, ...values };
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

  add(slot: number, startNs: number, pair: MeasuredPair, control: MeasuredPair | undefined): void {
    this.#table.add('pair', 'base', slot, pair.base);
    this.#table.add('pair', 'head', slot, pair.head);
    this.#pairs.push({ startNs, order: pair.order });
    if (control === undefined) return;
    const index = this.#control.length;
    this.#table.add('control', 'base', index, control.base);
    this.#table.add('control', 'head', index, control.head);
    this.#control.push({ startNs, order: control.order });
  }

  evidence({ settings, looks, environment }: BoutOptions): Evidence {
    const validity: Validity = { state: 'valid', reasons: [] };
    const series = this.#table.series(this.#pairs.length, this.#control.length);
    return { settings, looks, pairs: this.#pairs, control: this.#control, series, environment, validity };
  }
}
