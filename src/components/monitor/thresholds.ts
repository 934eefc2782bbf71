import { delayMs, expected } from '../internal/option-checks.ts';

/** When to raise an alert on a metric. One of `above` and `below`. */
export interface ThresholdRule {
  /** Unique among the rules. */
  readonly name: string;
  readonly metric: string;
  /** Raised while the value is larger. */
  readonly above?: number;
  /** Raised while the value is smaller. */
  readonly below?: number;
  /** How long it must be so before the alert is raised. @default 0 */
  readonly forMs?: number;
  /** How long it must be well again before the alert is cleared. @default 0 */
  readonly clearForMs?: number;
  /** How far beyond the limit the value must be to count as well again. @default 0 */
  readonly hysteresis?: number;
}

export interface Alert {
  readonly rule: string;
  readonly metric: string;
  readonly state: 'raised' | 'cleared';
  /** That raised or cleared it. */
  readonly value: number;
  readonly limit: number;
  readonly atMs: number;
}

interface Watch {
  readonly rule: Required<Omit<ThresholdRule, 'above' | 'below'>>;
  readonly limit: number;
  /** 1: bad above the limit, -1: bad below. */
  readonly sign: 1 | -1;
  /** The alert that is raised. */
  raised: Alert | null;
  /** Since when the value asks for the other state; null when it does not. */
  sinceMs: number | null;
}

/**
 * Rules over samples: each alert is raised once and cleared once, in turn. A sample without the metric changes nothing
 * but the wait: what is not known is neither bad nor well again. Values between the limit and the limit with hysteresis
 * keep the state.
 */
export class Thresholds {
  readonly #watches: readonly Watch[];

  /** @throws TypeError or RangeError for rules that mean nothing */
  constructor(rules: readonly ThresholdRule[]) {
    this.#watches = rules.map(toWatch);
    const names = new Set(rules.map(({ name }) => name));
    if (names.size < rules.length) throw new TypeError('Expected the names of thresholds to be unique.');
  }

  /** The alerts that this sample raises or clears. */
  see(atMs: number, sample: ReadonlyMap<string, number>): readonly Alert[] {
    const alerts: Alert[] = [];
    for (const watch of this.#watches) {
      const alert = step(watch, atMs, sample.get(watch.rule.metric) ?? NaN);
      if (alert !== null) alerts.push(alert);
    }
    return alerts;
  }

  /** Those that are raised now. */
  raised(): readonly Alert[] {
    return this.#watches.flatMap(({ raised }) => (raised === null ? [] : [raised]));
  }
}

function step(watch: Watch, atMs: number, value: number): Alert | null {
  const { rule, limit, sign } = watch;
  const over = sign * (value - limit);
  const changes = watch.raised === null ? over > 0 : over <= -rule.hysteresis;
  // NaN, which is neither, too.
  if (!changes) {
    watch.sinceMs = null;
    return null;
  }
  watch.sinceMs ??= atMs;
  const waitMs = watch.raised === null ? rule.forMs : rule.clearForMs;
  if (atMs - watch.sinceMs < waitMs) return null;
  watch.sinceMs = null;
  const state = watch.raised === null ? 'raised' : 'cleared';
  const alert: Alert = { rule: rule.name, metric: rule.metric, state, value, limit, atMs };
  watch.raised = state === 'raised' ? alert : null;
  return alert;
}

function toWatch(rule: ThresholdRule): Watch {
  const { name, metric, above, below, hysteresis = 0 } = rule;
  for (const [option, text] of Object.entries({ name, metric })) {
    if (typeof text !== 'string' || text === '') throw new TypeError(expected(option, 'a name', text));
  }
  if ((above === undefined) === (below === undefined)) {
    throw new TypeError(`Expected threshold ${name} to have one of \`above\` and \`below\`.`);
  }
  const limit = above ?? below;
  if (typeof limit !== 'number' || !Number.isFinite(limit)) {
    throw new TypeError(expected(above === undefined ? 'below' : 'above', 'a number', limit));
  }
  if (!(hysteresis >= 0 && hysteresis < Infinity)) {
    throw new RangeError(expected('hysteresis', 'a number of at least 0', hysteresis));
  }
  const forMs = delayMs('forMs', rule.forMs ?? 0);
  const clearForMs = delayMs('clearForMs', rule.clearForMs ?? 0);
  return {
    rule: { name, metric, forMs, clearForMs, hysteresis },
    limit,
    sign: above === undefined ? -1 : 1,
    raised: null,
    sinceMs: null,
  };
}
