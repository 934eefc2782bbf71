import { callable, delayMs, expected, positiveInteger } from '../internal/option-checks.ts';
import { monotonicMs } from '../internal/timers.ts';
import type { StoreOptions } from './store.ts';

export type StoreSettings = Required<StoreOptions>;

/** Throws TypeError or RangeError that names the option. */
export function storeSettings(options: StoreOptions): StoreSettings {
  const { path, durability = 'process' } = options;
  if (typeof path !== 'string') throw new TypeError(expected('path', 'a path', path));
  if (path === '' || path.includes('\0')) throw new RangeError(expected('path', 'a path', path));
  if (durability !== 'process' && durability !== 'power') {
    throw new RangeError(expected('durability', "'process' or 'power'", durability));
  }
  return {
    path,
    durability,
    transactionRows: positiveInteger('transactionRows', options.transactionRows ?? 1_000),
    loopBudgetMs: delayMs('loopBudgetMs', options.loopBudgetMs ?? 8),
    now: callable('now', options.now ?? monotonicMs),
  };
}
