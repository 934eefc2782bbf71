/** The public API: scenario -> plan -> run -> verdict -> report. Everything else is private. */
export { PerfkitError, exitCodes } from './model/errors.ts';
export type { ErrorCode } from './model/errors.ts';
export type { Engine, EngineContext, EngineOutcome, Progress } from './model/engine.ts';
export type { Interval, Tags } from './model/interval.ts';
export type { MetricDefinition } from './model/metrics.ts';
export type { BenchPlan, LoadPlan, Plan, TargetPlan } from './model/plan.ts';
export type { Environment, Outcome, RunResult, Series, SuiteResult, TargetResult, Validity, Verdict } from './model/result.ts';

export { run } from './run/run.ts';
export type { Measured, RunOptions } from './run/run.ts';
export { readEnvironment } from './measure/environment.ts';
export { prepareFolder, readResult, writeFileAtomic } from './run/store.ts';
export { version } from './run/version.ts';
export { judge } from './judge/judge.ts';
export { combineVerdicts, exitCodeOf } from './judge/verdict.ts';
export { reportFiles, reporters } from './report/index.ts';
export type { ReporterName } from './report/index.ts';
export type { Reporter, ReportOptions } from './report/reporter.ts';
