import { keyOf, keyedRandom } from '../../measure/keyed-random.ts';
import type { Share } from '../arrivals/share.ts';
import type { DataPlan } from '../../model/exchange-plan.ts';
import type { Row, RowSource } from './row-source.ts';

/** Hands out rows, one for each flow that starts. */
export interface Feed {
  readonly name: string;
  /** Every row of a source that is used once has been drawn. */
  readonly spent: () => boolean;
  /** Null when it is spent. */
  readonly draw: () => Row | null;
  readonly close: () => void;
}

/**
 * The draws of all threads are numbered; thread k of n makes the draws k, k + n, k + 2n, ... Draw number g is row g
 * (from the top again when there are no more, or not at all for `once`), or one that the seed and g give.
 */
export function createFeed(plan: DataPlan, rows: RowSource, seed: number, share: Share): Feed {
  const { count } = rows;
  const key = keyOf(seed, `data ${plan.name}`);
  let next = share.worker;
  const rowOf = {
    sequential: (draw: number) => draw % count,
    once: (draw: number) => draw,
    random: (draw: number) => Math.floor(keyedRandom(key, draw, 0) * count),
  } satisfies Record<DataPlan['pick'], (draw: number) => number>;
  const pick = rowOf[plan.pick];
  const spent = (): boolean => plan.pick === 'once' && next >= count;
  return {
    name: plan.name,
    spent,
    draw() {
      if (spent()) return null;
      const draw = next;
      next += share.workers;
      return rows.row(pick(draw));
    },
    close: () => rows.close(),
  };
}
