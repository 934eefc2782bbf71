import type { Figures, LiveTarget, Plan } from '../../index.ts';
import type { Progress } from '../../model/engine.ts';

/** Everything that the screen shows, as plain data. */
export interface LiveState {
  readonly name: string;
  readonly kind: Plan['kind'];
  /** 1-based place among the scenarios of the command. */
  readonly part: number;
  readonly parts: number;
  readonly label: string;
  /** Of the whole command, 0 to 1. */
  readonly done: number;
  readonly etaNs: number;
  /** Arrivals are due at times of their own (an open phase is going on). */
  readonly open: boolean;
  /** Latest slices, oldest first: the seconds of a load, the rounds of a bench. */
  readonly slices: readonly Figures[];
  readonly succeeded: number;
  readonly failed: number;
  /** Most frequent first. */
  readonly errors: readonly ErrorCount[];
  readonly targets: readonly LiveTarget[];
}

export interface ErrorCount {
  readonly class: string;
  readonly count: number;
  readonly example: string;
}

/** Sparklines go back so far. */
const maxSlices = 60;
/** More subjects and concurrencies than a screen has lines for. */
const maxBenchSlices = 600;
const maxClasses = 50;

/** Keeps the state of the scenario that is running. */
export class LiveModel {
  readonly #plans: readonly Plan[];
  readonly #nowNs: () => number;
  readonly #startNs: number;
  readonly #totalNs: number;
  #index = -1;
  #progress: Progress = { done: 0, label: '' };
  #slices: Figures[] = [];
  /** Something of the scenario has been measured. */
  #measured = false;
  /** Of the slices before the latest. */
  #before = { succeeded: 0, failed: 0, errors: new Map<string, ErrorCount>() };
  #targets: readonly LiveTarget[] = [];

  constructor(plans: readonly Plan[], nowNs: () => number) {
    this.#plans = plans;
    this.#nowNs = nowNs;
    this.#startNs = nowNs();
    this.#totalNs = plans.reduce((sum, plan) => sum + plan.expectedNs, 0);
  }

  /** Go on to the next scenario. */
  next(): void {
    this.#index++;
    this.#progress = { done: 0, label: '' };
    this.#targets = [];
    this.#measured = false;
    this.#forget();
  }

  progress(progress: Progress): void {
    this.#progress = progress;
  }

  figures(figures: Figures): void {
    const latest = this.#slices.at(-1);
    if (figures.measured && latest?.measured === false) {
      // the warm-up is over: what is shown is what will be in the result
      if (!this.#measured) this.#forget();
      this.#slices = [];
    } else if (latest?.slice === figures.slice) this.#slices.pop();
    else if (latest !== undefined) this.#settle(latest);
    // a chart shows one variant
    if (latest !== undefined && latest.segment !== figures.segment) this.#slices = [];
    this.#measured ||= figures.measured;
    this.#slices.push(figures);
    const limit = this.#plans[this.#index]?.kind === 'bench' ? maxBenchSlices : maxSlices;
    if (this.#slices.length > limit) this.#slices.shift();
  }

  targets(targets: readonly LiveTarget[]): void {
    this.#targets = targets;
  }

  state(): LiveState {
    const plan = this.#plans[this.#index];
    const latest = this.#slices.at(-1);
    const done = this.#done();
    const errors = new Map(this.#before.errors);
    for (const error of latest?.errors ?? []) addError(errors, error);
    return {
      name: plan?.scenario.name ?? '',
      kind: plan?.kind ?? 'load',
      part: this.#index + 1,
      parts: this.#plans.length,
      label: this.#progress.label,
      done,
      etaNs: this.#etaNs(done),
      open: plan?.kind === 'load' && isOpen(plan, latest?.of),
      slices: this.#slices,
      succeeded: this.#before.succeeded + (latest?.succeeded ?? 0),
      failed: this.#before.failed + (latest?.failed ?? 0),
      errors: [...errors.values()].toSorted((a, b) => b.count - a.count),
      targets: this.#targets,
    };
  }

  #forget(): void {
    this.#slices = [];
    this.#before = { succeeded: 0, failed: 0, errors: new Map() };
  }

  /** What was counted in the warm-up of a later variant is left out. */
  #settle({ succeeded, failed, errors, measured }: Figures): void {
    if (this.#measured && !measured) return;
    this.#before.succeeded += succeeded;
    this.#before.failed += failed;
    for (const error of errors) addError(this.#before.errors, error);
  }

  #done(): number {
    if (this.#totalNs === 0) return 0;
    const before = this.#plans
      .slice(0, Math.max(0, this.#index))
      .reduce((sum, plan) => sum + plan.expectedNs, 0);
    const current = (this.#plans[this.#index]?.expectedNs ?? 0) * Math.min(1, this.#progress.done);
    return (before + current) / this.#totalNs;
  }

  /** From the plan at first, then from the pace so far. */
  #etaNs(done: number): number {
    const elapsedNs = this.#nowNs() - this.#startNs;
    return Math.max(0, done > 0.05 ? (elapsedNs * (1 - done)) / done : this.#totalNs - elapsedNs);
  }
}

function isOpen(plan: Extract<Plan, { kind: 'load' }>, phases: string | undefined): boolean {
  const names = phases?.split(' + ') ?? [];
  return plan.phases.some(({ name, arrivals }) => names.includes(name) && arrivals.model === 'open');
}

function addError(into: Map<string, ErrorCount>, { class: name, count, example }: ErrorCount): void {
  const key = into.has(name) || into.size < maxClasses ? name : 'other';
  const before = into.get(key);
  into.set(key, {
    class: key,
    count: (before?.count ?? 0) + count,
    example: before?.example ?? example,
  });
}
