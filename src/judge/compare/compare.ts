import { createRandom } from '../../measure/random.ts';
import { comparabilityOf } from './comparability.ts';
import { comparedSeries } from './compared-series.ts';
import { decideSeries } from './decide-series.ts';
import { draftLone, draftSeries } from './draft-series.ts';
import { outcomeOf, scenarioOutcome } from './outcome.ts';
import { createTableSpace } from './resample-histograms.ts';
import { pairResults } from './pair-results.ts';
import type { Comparison, ComparisonSettings, ScenarioComparison } from '../../model/comparison.ts';
import type { RunResult, SuiteResult } from '../../model/result.ts';
import type { Draft, DraftOptions } from './draft-series.ts';
import type { ResultPair } from './pair-results.ts';

export interface CompareOptions extends Partial<ComparisonSettings> {
  /** Where the two were read from. */
  readonly baseLabel?: string;
  readonly headLabel?: string;
  /** Version of the perfkit that compares. */
  readonly perfkit?: string;
}

const defaults: ComparisonSettings = {
  threshold: 0.05,
  confidence: 0.95,
  gates: null,
  advisory: false,
  strict: false,
};

/**
 * Compare two results, scenario by scenario and series by series: whether the head is better or worse than the base by
 * more than the threshold, as far as rounds (bench) or slices of time (load) tell. The same two results give the same
 * comparison. Throws PerfkitError when a histogram in one of them cannot be read.
 */
export function compare(
  base: RunResult | SuiteResult,
  head: RunResult | SuiteResult,
  options: CompareOptions = {},
): Comparison {
  const { baseLabel = 'base', headLabel = 'head', perfkit = head.perfkit, ...chosen } = options;
  const settings: ComparisonSettings = { ...defaults, ...chosen };
  const spaces = { base: createTableSpace(), head: createTableSpace() };
  const pairs = pairResults(base, head).map((pair) => draftPair(pair, settings, spaces));
  const rows = decideSeries(
    pairs.flatMap(({ drafts }) => drafts),
    settings.confidence,
  );
  let next = 0;
  const scenarios = pairs.map(({ pair, scenario, drafts }): ScenarioComparison => {
    const series = rows.slice(next, next + drafts.length);
    next += drafts.length;
    const { refusals, ...told } = scenario;
    return {
      ...told,
      ...scenarioOutcome(pair, { refusals, differences: told.differences, series }, settings),
      series,
    };
  });
  return {
    schema: 'perfkit/comparison@1',
    perfkit,
    base: { label: baseLabel, perfkit: base.perfkit, started: base.started },
    head: { label: headLabel, perfkit: head.perfkit, started: head.started },
    settings,
    ...outcomeOf(scenarios, settings),
    scenarios,
  };
}

interface DraftedPair {
  readonly pair: ResultPair;
  readonly scenario: Pick<ScenarioComparison, 'name' | 'notes' | 'differences'> & {
    readonly refusals: readonly string[];
  };
  readonly drafts: readonly Draft[];
}

function draftPair(
  pair: ResultPair,
  settings: ComparisonSettings,
  spaces: DraftOptions['spaces'],
): DraftedPair {
  const { name, base, head } = pair;
  if (base === null || head === null)
    return { pair, scenario: { name, notes: [], differences: [], refusals: [] }, drafts: [] };
  const { notes, differences, refusals } = comparabilityOf(base, head);
  const refused = refusals.length > 0 || (differences.length > 0 && !settings.advisory);
  const drafts = refused ? [] : draftRuns(base, head, { ...settings, spaces });
  return { pair, scenario: { name, notes, differences, refusals }, drafts };
}

function draftRuns(
  base: RunResult,
  head: RunResult,
  { threshold, confidence, gates, spaces }: ComparisonSettings & Pick<DraftOptions, 'spaces'>,
): Draft[] {
  const before = comparedSeries(base);
  const now = comparedSeries(head);
  const clockCostNs = Math.max(base.environment.clockCostNs, head.environment.clockCostNs);
  const options = { threshold, confidence, gates, clockCostNs, spaces };
  const drafts = [...now].flatMap(([key, series]) => {
    const old = before.get(key);
    // every series has draws of its own, so that one more series changes no other
    const random = createRandom(1).fork(`${head.scenario.name} ${key}`);
    return old === undefined
      ? [draftLone(series, 'head', gates)]
      : draftSeries(old, series, { ...options, random });
  });
  const missing = [...before].flatMap(([key, series]) =>
    now.has(key) ? [] : [draftLone(series, 'base', gates)],
  );
  return [...drafts, ...missing];
}
