import { describeTags } from '../verdict.ts';
import { exitCodes } from '../../model/errors.ts';
import type {
  Comparison,
  ComparisonOutcome,
  ComparisonSettings,
  ScenarioComparison,
  SeriesComparison,
  SeriesVerdict,
} from '../../model/comparison.ts';
import type { ResultPair } from './pair-results.ts';

type Told = Pick<ScenarioComparison, 'outcome' | 'reasons'>;

/** The outcome of one scenario: what its series that decide say, the worst first. */
export function scenarioOutcome(
  { base, head }: ResultPair,
  scenario: Pick<ScenarioComparison, 'differences' | 'series'> & { readonly refusals: readonly string[] },
  settings: ComparisonSettings,
): Told {
  if (head === null) return { outcome: 'no data', reasons: ['the head did not run it'] };
  if (base === null) return { outcome: 'same', reasons: ['new: the base did not run it'] };
  if (scenario.refusals.length > 0) return { outcome: 'refused', reasons: scenario.refusals };
  if (scenario.differences.length > 0 && !settings.advisory)
    return {
      outcome: 'refused',
      reasons: scenario.differences.map((one) => `${one.field} differs: ${one.base} and ${one.head}`),
    };
  const gated = scenario.series.filter((row) => row.gated);
  const absent = (settings.gates ?? []).filter((metric) => !gated.some((row) => row.metric === metric));
  const lacking = gated.filter((row) => row.verdict === 'missing' || row.verdict === 'no data');
  const open = gated.filter((row) => row.verdict === 'cannot tell' && !row.notWorse);
  const all = (verdict: SeriesVerdict): SeriesComparison[] => gated.filter((row) => row.verdict === verdict);
  const reasons = [...all('worse'), ...lacking, ...open].map(reasonOf);
  const noData = absent.map((metric) => `no data: nothing to compare of ${metric}`);
  if (all('worse').length > 0) return { outcome: 'worse', reasons: [...reasons, ...noData] };
  if (lacking.length > 0 || absent.length > 0)
    return { outcome: 'no data', reasons: [...noData, ...reasons] };
  if (gated.length === 0)
    return { outcome: 'no data', reasons: ['no series that decides could be compared'] };
  if (open.length > 0) return { outcome: 'cannot tell', reasons };
  if (all('better').length > 0) return { outcome: 'better', reasons: all('better').map(reasonOf) };
  return { outcome: 'same', reasons: [] };
}

/** The outcome of all scenarios: the worst of theirs; nothing compared is no success. */
export function outcomeOf(
  scenarios: readonly ScenarioComparison[],
  settings: ComparisonSettings,
): Pick<Comparison, 'outcome' | 'reasons' | 'advisory'> {
  const outcome = order.find((one) => scenarios.some((scenario) => scenario.outcome === one)) ?? 'no data';
  const reasons = scenarios.flatMap(({ name, reasons: ofScenario }) =>
    ofScenario.map((reason) => (scenarios.length > 1 ? `${name}: ${reason}` : reason)),
  );
  const compared = scenarios.some(({ series }) => series.length > 0);
  const nothing = !compared && outcome === 'same';
  return {
    outcome: nothing ? 'no data' : outcome,
    reasons: scenarios.length === 0 ? ['there is nothing to compare'] : reasons,
    advisory: settings.advisory && scenarios.some(({ differences }) => differences.length > 0),
  };
}

/** Worst first. */
const order: readonly ComparisonOutcome[] = ['worse', 'refused', 'no data', 'cannot tell', 'better', 'same'];

/** 0 same or better, 4 worse, 5 not comparable or without data, and with `strict` 5 when it cannot be told. */
export function comparisonExitCode({ outcome, advisory, settings }: Comparison): number {
  if (advisory && (outcome === 'worse' || outcome === 'cannot tell')) return exitCodes.pass;
  if (outcome === 'cannot tell') return settings.strict ? exitCodes.invalid : exitCodes.pass;
  return codes[outcome];
}

const codes = {
  better: exitCodes.pass,
  same: exitCodes.pass,
  worse: exitCodes.regression,
  refused: exitCodes.invalid,
  'no data': exitCodes.invalid,
} satisfies Record<Exclude<ComparisonOutcome, 'cannot tell'>, number>;

function reasonOf(row: SeriesComparison): string {
  const why = row.reason === null ? '' : ` (${row.reason})`;
  return `${row.verdict}: ${row.metric}${describeTags(row.tags)} ${row.statistic}${why}`;
}
