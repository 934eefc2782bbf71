import { isIP } from 'node:net';
import { isLoopback } from '../../plan/scenario/parse-origin.ts';
import { capRatePerSecond } from '../../plan/resolve/check-caps.ts';
import { PerfkitError } from '../../model/errors.ts';
import { formatValue } from '../../model/units.ts';
import type { CapacitySearch } from '../../model/capacity.ts';
import type { LoadPlan, LoadTarget } from '../../model/plan.ts';

/** What a caller may say of the search; rates are flows started a second. */
export type SearchSettings = { readonly [K in keyof CapacitySearch]?: CapacitySearch[K] | undefined };

const defaults = {
  fromPerSecond: 100,
  precision: 0.05,
  stepNs: 10e9,
  soakNs: 30e9,
  pauseNs: 2e9,
} as const;

/** A warm-up takes this share of a step. */
const warmupShare = 0.2;

/** On this machine there is no reason to stop earlier. */
const localMaxPerSecond = 1_000_000;

/** The host reads as this machine; a run sees to it that it is (`searchedTarget`). */
function isHere({ builtin, origin }: LoadTarget): boolean {
  return builtin !== null || isLoopback(hostOf(origin));
}

function hostOf(origin: string): string {
  return new URL(origin).hostname.replace(/^\[|\]$/g, '');
}

/** The target of the steps: a name such as `localhost` that is driven above the cap must lead to this machine. */
export function searchedTarget(target: LoadTarget, { maxPerSecond }: CapacitySearch): LoadTarget {
  const above = maxPerSecond > capRatePerSecond && target.builtin === null && isHere(target);
  return above && isIP(hostOf(target.origin)) === 0 ? { ...target, loopbackOnly: true } : target;
}

/**
 * The settings with their defaults. A host other than this machine is not driven above 10,000/s unless the settings
 * say so. Throws PerfkitError for what does not make a search.
 */
export function searchSettings(
  { target }: Pick<LoadPlan, 'target'>,
  settings: SearchSettings = {},
): CapacitySearch {
  const given = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
  const defaultMax = isHere(target) ? localMaxPerSecond : capRatePerSecond;
  const merged = { ...defaults, maxPerSecond: defaultMax, ...given };
  const search = { warmupNs: Math.round(merged.stepNs * warmupShare), ...merged };
  const { fromPerSecond, maxPerSecond, precision } = search;
  if (!(fromPerSecond > 0 && fromPerSecond <= maxPerSecond)) {
    throw new PerfkitError(
      'usage',
      `expected --from to be above 0 and at most --max (${formatValue(maxPerSecond, 'count', true)}), got ${formatValue(fromPerSecond, 'count', true)}`,
    );
  }
  if (!(maxPerSecond <= 10_000_000))
    throw new PerfkitError('usage', `expected --max to be at most 10000000/s, got ${maxPerSecond}/s`);
  if (!(precision >= 0.005 && precision <= 1))
    throw new PerfkitError(
      'usage',
      `expected --precision to lie between 0.5% and 100%, got ${precision * 100}%`,
    );
  for (const name of ['stepNs', 'soakNs'] as const) {
    if (!(search[name] > 0)) throw new PerfkitError('usage', `expected --${name.slice(0, -2)} to be above 0`);
  }
  for (const name of ['warmupNs', 'pauseNs'] as const) {
    if (!(search[name] >= 0))
      throw new PerfkitError('usage', `expected --${name.slice(0, -2)} to be 0 or more`);
  }
  return search;
}
