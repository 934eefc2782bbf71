import { readEnvironment } from '../measure/environment.ts';
import { nowNs } from '../measure/clock.ts';
import type { Clock } from '../measure/clock.ts';
import { createRandom, shuffle } from '../measure/random.ts';
import type { Random } from '../measure/random.ts';
import type { Progress } from '../model/engine.ts';
import type { Environment } from '../model/result.ts';
import type { PairedDecision, PairedLook, PairedRun, PairedSettings, PairedSlot } from '../model/paired.ts';
import { version } from '../run/version.ts';
import type { ArmPlans } from './plan-arm.ts';
import { ArmEvidence } from './arm-evidence.ts';
import { createRoundsInTurns } from './measure-in-turns.ts';
import type { RoundsInTurns } from './measure-in-turns.ts';
import { measureInProcess, variantsOf } from './measure-round.ts';
import type { MeasureRound, Variant } from './measure-round.ts';
import { planSlots } from './plan-slots.ts';
import type { PlannedSlot } from './plan-slots.ts';
import { roundValues } from './round-values.ts';
import type { RoundValue } from './round-values.ts';
import { SeriesTable } from './series-table.ts';
import type { Gate } from './series-table.ts';
import { variantTagsOf } from './variant-tags.ts';

export interface PairsOptions {
  readonly settings: PairedSettings;
  readonly looks: readonly PairedLook[];
  readonly gate: Gate;
  /** What the values say at a look; pure. */
  readonly decide: (run: PairedRun, look: number) => PairedDecision;
  /** Told beside what the run itself has found. */
  readonly notes?: readonly string[];
  readonly signal: AbortSignal;
  readonly progress?: (progress: PairsProgress) => void;
  /** The run as it stands at a look that does not end it, to be saved. */
  readonly looked?: (run: PairedRun) => void | Promise<void>;
  /** False: each process to its end before the next begins. Default: in turns of some milliseconds. */
  readonly turns?: boolean;
  readonly environment?: Environment;
  readonly measure?: MeasureRound;
  readonly now?: Clock;
  /** When it starts. */
  readonly date?: Date;
}

export interface PairsProgress extends Progress {
  /** Until the last look, if it comes to that. */
  readonly leftNs: number;
}

/**
 * Measure two versions pair by pair, each side of each in a fresh process, in turns and in an order drawn by the seed,
 * every third slot the base against itself. It stops at the first look at which the decision is that it passes, fails
 * or cannot be had, or on abort, with `complete: false`. Throws PerfkitError when a version cannot be measured.
 */
export async function runPairs(arms: ArmPlans, options: PairsOptions): Promise<PairedRun> {
  const { looks, now = nowNs } = options;
  const { scenario } = arms.head.plan;
  const random = createRandom(scenario.seed).fork('pairs');
  const bout = new Bout(arms, options, random);
  const started = (options.date ?? new Date()).toISOString();
  const environment = options.environment ?? readEnvironment();
  const startNs = now();
  const slots = planSlots(looks.at(-1)?.pairs ?? 0, random);
  const evidence = (complete: boolean, decision: PairedDecision | null): PairedRun => ({
    schema: 'perfkit/paired@1',
    perfkit: version,
    base: { label: arms.base.label, revision: arms.base.revision },
    head: { label: arms.head.label, revision: arms.head.revision },
    scenario: { name: scenario.name, file: scenario.file, hash: scenario.hash, seed: scenario.seed },
    environment,
    started,
    durationNs: now() - startNs,
    complete,
    settings: options.settings,
    looks,
    ...bout.measured(),
    decision,
  });
  let decision: PairedDecision | null = null;
  for (const [position, slot] of slots.entries()) {
    const slotNs = now() - startNs;
    const label = `${slot.kind} ${slot.index + 1}${slot.kind === 'pair' ? `/${looks.at(-1)?.pairs ?? 0}` : ''}`;
    const perSlotNs = position === 0 ? bout.plannedSlotNs : slotNs / position;
    options.progress?.({
      done: position / slots.length,
      label,
      leftNs: perSlotNs * (slots.length - position),
    });
    if (!(await bout.run(slot, slotNs))) return evidence(false, decision);
    // A look sees the control that follows its last pair.
    if (slots[position + 1]?.kind === 'control') continue;
    const look = looks.findIndex(({ pairs }) => pairs === bout.pairs);
    if (look === -1) continue;
    decision = options.decide(evidence(true, null), look);
    const run = evidence(true, decision);
    if (decision.outcome !== 'inconclusive' || look === looks.length - 1) return run;
    await options.looked?.({ ...run, complete: false });
  }
  return evidence(false, decision);
}

/** What has been run so far. */
class Bout {
  readonly #arms: ArmPlans;
  readonly #options: PairsOptions;
  readonly #random: Random;
  readonly #rounds: RoundsInTurns;
  readonly #variants: readonly Variant[];
  readonly #table: SeriesTable;
  readonly #evidence = { base: new ArmEvidence(), head: new ArmEvidence() };
  readonly #slots: { readonly pair: PairedSlot[]; readonly control: PairedSlot[] } = {
    pair: [],
    control: [],
  };

  constructor(arms: ArmPlans, options: PairsOptions, random: Random) {
    this.#arms = arms;
    this.#options = options;
    this.#random = random.fork('order of the subjects');
    this.#rounds = createRoundsInTurns(options.measure ?? measureInProcess(random));
    this.#variants = variantsOf(arms.head.plan);
    this.#table = new SeriesTable(options.gate);
  }

  get pairs(): number {
    return this.#slots.pair.length;
  }

  /** A slot by what the plan says, start of the processes included. */
  get plannedSlotNs(): number {
    const { warmupNs, forNs } = this.#arms.head.plan.run;
    return 2 * this.#variants.length * (warmupNs + forNs + 120e6);
  }

  /** Both sides of every variant; false, and nothing is kept of it, when it was aborted. */
  async run({ kind, index, order }: PlannedSlot, startNs: number): Promise<boolean> {
    const sides = order === 'base first' ? (['base', 'head'] as const) : (['head', 'base'] as const);
    const found: [side: 'base' | 'head', values: readonly RoundValue[]][] = [];
    const round = kind === 'pair' ? index + 1 : 1_000_000 + index;
    const extras = { usage: true, turns: this.#options.turns ?? true, slowdown: null };
    for (const variant of shuffle([...this.#variants], this.#random)) {
      const entries = sides.map((side) => {
        const arm = this.#arms[kind === 'control' ? 'base' : side];
        const subject =
          arm.plan.subjects.find(({ name }) => name === variant.subject.name) ?? variant.subject;
        const task = { ...variant, subject, round, extras: { ...extras, package: arm.package } };
        return { side, arm, task };
      });
      const results = await this.#rounds.measure(entries, this.#options.signal);
      if (results === null) return false;
      for (const [at, { side, arm, task }] of entries.entries()) {
        const result = results[at];
        if (result === undefined) return false;
        this.#evidence[kind === 'control' ? 'base' : side].add(task, result);
        found.push([side, roundValues(result, variantTagsOf(arm.plan, variant), arm.plan.metrics)]);
      }
    }
    for (const [side, values] of found) this.#table.add(kind, side, index, values);
    this.#slots[kind].push({ startNs, order });
    return true;
  }

  measured(): Pick<PairedRun, 'pairs' | 'control' | 'series' | 'validity'> {
    const { pair, control } = this.#slots;
    const reasons = (['base', 'head'] as const).flatMap((side) =>
      this.#evidence[side].reasons().map((reason) => `${side}: ${reason}`),
    );
    const notes = [...(this.#options.notes ?? []), ...this.#arms.notes, ...this.#rounds.notes()];
    return {
      pairs: [...pair],
      control: [...control],
      series: this.#table.series(pair.length, control.length),
      validity: {
        state: reasons.length === 0 ? 'valid' : 'suspect',
        reasons,
        ...(notes.length > 0 && { notes }),
      },
    };
  }
}
