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
export { sourceFromFile } from './plan/from/from-module.ts';
export { loadScenarioFromUrl } from './plan/from/from-url.ts';
export { formatProblems } from './plan/problems/problem.ts';

export { run } from './run/run.ts';
export type { Measured, RunOptions } from './run/run.ts';
export { runDoctor } from './run/doctor.ts';
export type { DoctorFindings } from './run/doctor.ts';
export { formatDoctor } from './report/doctor.ts';
export { readEnvironment } from './measure/environment.ts';
export { prepareFolder, readResult, writeFileAtomic } from './run/store.ts';
export { version } from './run/version.ts';
export { judge } from './judge/judge.ts';
export { combineVerdicts, exitCodeOf } from './judge/verdict.ts';
export { reportFiles, reporters } from './report/index.ts';
export type { ReporterName } from './report/index.ts';
export type { Reporter, ReportOptions } from './report/reporter.ts';
