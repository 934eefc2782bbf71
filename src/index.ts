import { judge } from './judge/judge.ts';
import { combineVerdicts } from './judge/verdict.ts';
import { compare as compareResults } from './judge/compare/compare.ts';
import { watchRun as watchAndJudge } from './run/live/watch-run.ts';
import { readResult as readAndJudge } from './run/read-result.ts';
import { version as currentVersion } from './run/version.ts';
import { decides } from './judge/compare/gated-metrics.ts';
import { decidePaired as decideAtLook } from './judge/paired/decide-paired.ts';
import { createGate } from './pairs/create-gate.ts';
import { planArms } from './pairs/plan-arm.ts';
import { runPairs } from './pairs/run-pairs.ts';
import { runSelfTest } from './pairs/self-test/run-self-test.ts';
import type { CompareOptions } from './judge/compare/compare.ts';
import type { Comparison } from './model/comparison.ts';
import type { BenchPlan, Plan } from './model/plan.ts';
import type { Environment, RunResult, SuiteResult } from './model/result.ts';
import type { RunWatch } from './run/live/watch-run.ts';
import type { PairedRun } from './model/paired.ts';
import type { Arm } from './pairs/arm.ts';
import type { PairsOptions } from './pairs/run-pairs.ts';
import type { SelfTestOptions } from './pairs/self-test/run-self-test.ts';
import type { SelfTestResult } from './pairs/self-test/summarise.ts';

/** The public API: scenario -> plan -> run -> verdict -> report. Everything else is private. */
export { PerfkitError, exitCodes } from './model/errors.ts';
export type { ErrorCode } from './model/errors.ts';
export type { Engine, EngineContext, EngineOutcome, Progress } from './model/engine.ts';
export type { Interval, Tags } from './model/interval.ts';
export type { MetricDefinition } from './model/metrics.ts';
export type { BenchPlan, LoadPlan, Plan, TargetPlan } from './model/plan.ts';
export type {
  Environment,
  Outcome,
  RunResult,
  Series,
  SuiteResult,
  TargetResult,
  Validity,
  Verdict,
} from './model/result.ts';

export { defineBench, defineLoad } from './plan/scenario/define.ts';
export type { ScenarioSource } from './plan/read/load-scenario.ts';
export { plan, validateScenario } from './run/prepare.ts';
export type { PrepareOptions } from './run/prepare.ts';
export { explainPlan } from './plan/explain.ts';
export { builtInScenarios, findScenarios, selectScenarios } from './plan/find-scenarios.ts';
export type { ScenarioEntry } from './plan/find-scenarios.ts';
export { readProven } from './plan/read-proven.ts';
export type { ProvenRow } from './plan/read-proven.ts';
export { sourceFromFile } from './plan/from/from-module.ts';
export { loadScenarioFromUrl } from './plan/from/from-url.ts';
export { importLoadScenario } from './plan/import/import-load.ts';
export type { ImportedScenario, ImportOptions } from './plan/import/import-load.ts';
export type { ImportFormat } from './plan/import/index.ts';
export { readImportText } from './plan/import/read-import-text.ts';
export { starters } from './plan/import/starters.ts';
export { formatProblems } from './plan/problems/problem.ts';

export type {
  FlowContext,
  FlowFunction,
  FlowReply,
  FlowRequest,
} from './load/lanes/function/flow-function.ts';

export { run } from './run/run.ts';
export type { RunOptions } from './run/run.ts';
export type { Measured } from './run/measured.ts';
export type { Figures } from './run/live/figures.ts';
export type { LiveTarget } from './run/live/live-targets.ts';
export type { RunWatch } from './run/live/watch-run.ts';
export { hasCapacityTargets, runCapacities } from './run/capacity/capacities.ts';
export type { CapacitiesContext } from './run/capacity/capacities.ts';
export { runCapacity } from './run/capacity/capacity.ts';
export type { CapacityContext, CapacityOptions } from './run/capacity/capacity.ts';
export { readCapacities, readCapacity } from './run/capacity/read-capacity.ts';
export { searchSettings } from './run/capacity/search-settings.ts';
export type { SearchSettings } from './run/capacity/search-settings.ts';
export { capacitiesReporters, capacityFiles, capacityReporters } from './report/capacity/index.ts';
export type { CapacitiesResult } from './model/capacities.ts';
export type { CapacityOutcome, CapacityResult, CapacityStep } from './model/capacity.ts';
export { runDoctor } from './run/doctor.ts';
export type { DoctorFindings } from './run/doctor.ts';
export { formatDoctor } from './report/doctor.ts';
export { readEnvironment } from './measure/environment.ts';
export { prepareFolder, writeFileAtomic } from './run/store.ts';
export { version } from './run/version.ts';
export { judge } from './judge/judge.ts';
export { combineVerdicts, exitCodeOf } from './judge/verdict.ts';
export type { CompareOptions } from './judge/compare/compare.ts';
export { environmentDifferences } from './judge/compare/comparability.ts';
export { comparisonExitCode } from './judge/compare/outcome.ts';
export { decidePaired } from './judge/paired/decide-paired.ts';
export type { PairedEvidence } from './judge/paired/decide-paired.ts';
export { pairedExitCode } from './judge/paired/paired-outcome.ts';
export { pairedDefaults } from './judge/paired/paired-settings.ts';
export { planLooks } from './judge/paired/plan-looks.ts';
export { pairedFiles, pairedReporters } from './report/paired/index.ts';
export { readPaired } from './run/paired/read-paired.ts';
export { historyEntryOf } from './judge/history/history-entry.ts';
export type { MeasuredCommit } from './judge/history/history-entry.ts';
export { summariseHistory } from './judge/history/summarise-history.ts';
export type { HistoryOptions } from './judge/history/summarise-history.ts';
export { appendHistory } from './run/history/append-history.ts';
export type { Appended } from './run/history/append-history.ts';
export { findCommit } from './run/history/find-commit.ts';
export type { CommitPlace } from './run/history/find-commit.ts';
export { readHistory } from './run/history/read-history.ts';
export type { History } from './run/history/read-history.ts';
export { historyReporters } from './report/history/index.ts';
export type {
  HistoryEntry,
  HistoryGroup,
  HistoryReport,
  HistoryValue,
  LevelChange,
  ScenarioHistory,
  Trend,
  TrendChange,
  TrendPoint,
} from './model/history.ts';
export { comparisonReporters } from './report/comparison/index.ts';
export type {
  Comparison,
  ComparisonDifference,
  ComparisonOutcome,
  ComparisonSettings,
  ScenarioComparison,
  SeriesComparison,
} from './model/comparison.ts';
export type {
  PairedArm,
  PairedChange,
  PairedDecision,
  PairedLook,
  PairedOutcome,
  PairedRun,
  PairedScenario,
  PairedSeries,
  PairedSettings,
  PairedSlot,
  PairedValues,
  PairedVerdict,
  SeriesDecision,
} from './model/paired.ts';
export { parseArm, parseRefs } from './pairs/arms/arm-source.ts';
export type { ArmSource, ArmSources } from './pairs/arms/arm-source.ts';
export type { Build } from './pairs/arms/build.ts';
export { prepareArms } from './pairs/arms/prepare-arms.ts';
export type { PreparedArms, PrepareArmsOptions } from './pairs/arms/prepare-arms.ts';
export type { Arm } from './pairs/arm.ts';
export type { PairsProgress } from './pairs/run-pairs.ts';
export { shortenPlan } from './pairs/shorten-plan.ts';
export type { PairTimes } from './pairs/shorten-plan.ts';
export { openSelfTestLog } from './pairs/self-test/self-test-log.ts';
export { selfTestPlan } from './pairs/self-test/self-test-plan.ts';
export { selfTestText } from './pairs/self-test/self-test-text.ts';
export { selfTestTimes } from './pairs/self-test/run-self-test.ts';
export type { SelfTestProgress } from './pairs/self-test/run-self-test.ts';
export type { SelfTestResult } from './pairs/self-test/summarise.ts';
export { folderReporters, reportFiles, reporters } from './report/index.ts';
export type { FolderReporterName, ReporterName } from './report/index.ts';
export { jsonText } from './report/json-text.ts';
export { shortestMarkdownBytes, shortMarkdown } from './report/ci/pull-request.ts';
export type { FolderReporter, Reporter, ReportFile, ReportOptions } from './report/reporter.ts';

/**
 * What a run left behind: a result or suite document, a log (`.hlog`), or a folder of them. Runs that were killed are
 * added up from their logs and judged by the targets in them. Throws PerfkitError on anything else.
 */
export function readResult(path: string): Promise<RunResult | SuiteResult> {
  return readAndJudge(path, { judge, combine: combineVerdicts });
}

/**
 * Compare two results, scenario by scenario and series by series. The same two give the same comparison. Throws
 * PerfkitError when a histogram in one of them cannot be read.
 */
export function compare(
  base: RunResult | SuiteResult,
  head: RunResult | SuiteResult,
  options: CompareOptions = {},
): Comparison {
  return compareResults(base, head, { perfkit: currentVersion, ...options });
}

/** What a view shows of a plan while it runs, made of the intervals that `run` hands to its sink. */
export function watchRun(plan: Plan, environment: Environment): RunWatch {
  return watchAndJudge(plan, environment, judge);
}

/** How two versions are compared; `gates`: metrics that decide, null for those that perfkit chooses. */
export type ComparePairsOptions = Omit<PairsOptions, 'decide' | 'gate'> & {
  readonly gates: readonly string[] | null;
};

/**
 * Measure two versions of what a bench scenario names in turns, pair by pair, until a look at them decides. The plan is
 * the head's. Throws PerfkitError when there is nothing to compare, or a version cannot be measured.
 */
export async function comparePairs(
  plan: BenchPlan,
  arms: { readonly base: Arm; readonly head: Arm },
  { gates, ...options }: ComparePairsOptions,
): Promise<PairedRun> {
  const plans = await planArms(plan, arms.base, arms.head);
  const gate = createGate({ decides, gates });
  return await runPairs(plans, { ...options, gate, decide: decideAtLook });
}

/**
 * Find out what the comparison of versions is worth on this machine: how often it fails where nothing has changed, and
 * how often it finds what was made slower by a known share.
 */
export function testGate(
  plans: readonly BenchPlan[],
  options: Omit<SelfTestOptions, 'decide' | 'gate'>,
): Promise<SelfTestResult> {
  const gate = createGate({ decides, gates: null });
  return runSelfTest(plans, { ...options, gate, decide: decideAtLook });
}
