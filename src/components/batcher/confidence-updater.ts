import { positiveInteger } from '../internal/option-checks.ts';
import { fraction } from '../internal/backoff.ts';
import type { BatcherOptions } from './batcher-options.ts';
import type { BatcherStats } from './batcher.ts';
import { createBatcher } from './create-batcher.ts';

/** How fast confidence learns and forgets. */
export interface ConfidenceRule {
  /** Weight of one outcome against what was known, 0 to 1. @default 0.1 */
  readonly learningRate?: number;
  /** What is left of the distance to `prior` at each outcome, 0 to 1. @default 0.95 */
  readonly decay?: number;
  /** The confidence of knowing nothing, 0 to 1. @default 0.5 */
  readonly prior?: number;
}

/** All the outcomes of one key in a batch: new confidence = scale * old confidence + offset. */
export interface ConfidenceUpdate<K> {
  readonly key: K;
  readonly outcomes: number;
  readonly scale: number;
  readonly offset: number;
}

export interface ConfidenceUpdaterOptions<K> extends ConfidenceRule {
  /**
   * Store a batch, in one transaction: `UPDATE ... SET confidence = ? * confidence + ?`, no reading needed. Keys are
   * distinct. May return, for each update, null or the Error that it failed with; a throw fails all.
   */
  readonly apply: (
    updates: readonly ConfidenceUpdate<K>[],
  ) => PromiseLike<readonly (Error | null)[] | void> | readonly (Error | null)[] | void;
  /** Most outcomes in a batch. @default 500 */
  readonly maxBatchSize?: number;
  /** Of the batcher: waits, bounds, retries, clock. */
  readonly batcher?: Omit<
    BatcherOptions<Outcome<K>, void>,
    'handler' | 'maxBatchSize' | 'concurrency' | 'keyOf'
  >;
}

export interface ConfidenceUpdater<K> {
  /** Resolves when the outcome (true, false or a degree from 0 to 1) is stored; rejects as Batcher.add does. */
  update(key: K, outcome: boolean | number): Promise<void>;
  flush(): Promise<void>;
  close(): Promise<void>;
  stats(): BatcherStats;
}

interface Outcome<K> {
  readonly key: K;
  readonly outcome: number;
}

/** The rule for one outcome: forget a little, then learn a little. */
export function updateConfidence(
  confidence: number,
  outcome: boolean | number,
  rule: ConfidenceRule = {},
): number {
  const { scale, offset } = stepOf(Number(outcome), ruleSettings(rule));
  return scale * confidence + offset;
}

/**
 * Bayesian confidence updates in batches, grouped by key. Confidence is the mean of a Beta distribution whose weight
 * is kept at 1 / learningRate - 1 observations, so that an outcome moves it by learningRate of the difference, and
 * which `decay` draws back to the prior: c' = d + learningRate * (outcome - d), d = prior + decay * (c - prior). That
 * is linear in c, and so is any number of such steps one after the other: a batch needs one multiplication and one
 * addition for each key, whatever the number of outcomes, and no read. Equals the rule applied outcome by outcome, in
 * the order in which batches are stored, but for rounding.
 */
export function createConfidenceUpdater<K>(options: ConfidenceUpdaterOptions<K>): ConfidenceUpdater<K> {
  const rule = ruleSettings(options);
  const batcher = createBatcher<Outcome<K>, void>({
    ...options.batcher,
    maxBatchSize: positiveInteger('maxBatchSize', options.maxBatchSize ?? 500),
    // Two batches at once could store the outcomes of one key in either order.
    concurrency: 1,
    handler: async (outcomes) => {
      const groups = groupOutcomes(outcomes, rule);
      const updates = [...groups.values()];
      const failures = (await options.apply(updates)) ?? [];
      const errors = new Map(updates.map(({ key }, index) => [key, failures[index] ?? null]));
      return outcomes.map(({ key }) => errors.get(key) ?? undefined);
    },
  });
  return {
    async update(key, outcome) {
      return batcher.add({ key, outcome: fraction('outcome', Number(outcome)) });
    },
    flush: () => batcher.flush(),
    close: () => batcher.close(),
    stats: () => batcher.stats(),
  };
}

function groupOutcomes<K>(
  outcomes: readonly Outcome<K>[],
  rule: Required<ConfidenceRule>,
): Map<K, ConfidenceUpdate<K>> {
  const groups = new Map<K, ConfidenceUpdate<K>>();
  for (const { key, outcome } of outcomes) {
    const before = groups.get(key) ?? { outcomes: 0, scale: 1, offset: 0 };
    const step = stepOf(outcome, rule);
    groups.set(key, {
      key,
      outcomes: before.outcomes + 1,
      scale: step.scale * before.scale,
      offset: step.scale * before.offset + step.offset,
    });
  }
  return groups;
}

function stepOf(
  outcome: number,
  { learningRate, decay, prior }: Required<ConfidenceRule>,
): { readonly scale: number; readonly offset: number } {
  const kept = 1 - learningRate;
  return { scale: kept * decay, offset: kept * (1 - decay) * prior + learningRate * outcome };
}

function ruleSettings({ learningRate, decay, prior }: ConfidenceRule): Required<ConfidenceRule> {
  return {
    learningRate: fraction('learningRate', learningRate ?? 0.1),
    decay: fraction('decay', decay ?? 0.95),
    prior: fraction('prior', prior ?? 0.5),
  };
}
