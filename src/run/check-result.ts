import { seriesKey } from '../measure/selection.ts';
import { createSparseSpace } from '../measure/sparse-counts.ts';
import { printable } from '../plan/problems/printable.ts';
import { histogramFaults, seriesFaults } from './check-series.ts';
import type { MetricDefinition } from '../model/metrics.ts';
import type { IntervalSummary, Outcome, RunResult, Series, SuiteResult } from '../model/result.ts';

/** Faults that are looked for before it is enough. */
const enough = 10;

/**
 * What contradicts itself in a document that has the right shape, each with its path; empty when nothing does, ten at
 * most. Such a file was edited, or is not from perfkit: its numbers must not decide anything.
 */
export function resultFaults(document: RunResult | SuiteResult): string[] {
  const faults: string[] = [];
  if (document.schema === 'perfkit/result@1') addRunFaults(faults, document, '$');
  else {
    addVerdictFaults(
      faults,
      document.verdict.outcome,
      document.results.map(({ verdict }) => verdict.outcome),
    );
    for (const [index, result] of document.results.entries()) {
      if (faults.length >= enough) break;
      addRunFaults(faults, result, `$.results.${index}`);
    }
  }
  return faults.slice(0, enough);
}

function addVerdictFaults(faults: string[], outcome: Outcome, outcomes: readonly Outcome[]): void {
  const others = outcomes.filter((one) => one !== 'pass');
  if (outcome === 'pass' && outcomes.length === 0) faults.push('$.verdict: it is a pass of no run at all');
  if (outcome === 'pass' && others.length > 0)
    faults.push(`$.verdict: it is a pass, and that of a run is ${others[0]}`);
}

function addRunFaults(faults: string[], run: RunResult, path: string): void {
  const { metrics } = run.scenario;
  const definitions = new Map(metrics.map((metric) => [metric.name, metric]));
  if (definitions.size < metrics.length) faults.push(`${path}.scenario.metrics: two have the same name`);
  faults.push(...passFaults(run).map((fault) => `${path}.verdict: ${fault}`));
  addSeriesFaults(faults, run.series, definitions, `${path}.series`);
  const space = createSparseSpace();
  for (const [index, series] of run.series.entries()) {
    if (faults.length >= enough) return;
    if (!definitions.has(series.metric))
      faults.push(`${path}.series.${index}: ${nameOf(series)} has no definition in scenario.metrics`);
    faults.push(
      ...histogramFaults(series, space).map(
        (fault) => `${path}.series.${index}: ${nameOf(series)}: ${fault}`,
      ),
    );
  }
  const sums = new Map<string, number>();
  for (const [index, interval] of run.intervals.entries()) {
    if (faults.length >= enough) return;
    const at = `${path}.intervals.${index}`;
    faults.push(...outsideFaults(interval, run).map((fault) => `${at}: ${fault}`));
    const keys = addSeriesFaults(faults, interval.series, definitions, `${at}.series`);
    if (!interval.measured) continue;
    for (const [place, key] of keys.entries())
      sums.set(key, (sums.get(key) ?? 0) + (interval.series[place]?.count ?? 0));
  }
  if (faults.length < enough) addSumFaults(faults, run, sums, path);
}

/** A bench may run on a time of its own (a synthetic subject), so that a round is longer than the run. */
function outsideFaults({ startNs, durationNs }: IntervalSummary, run: RunResult): string[] {
  const endNs = run.scenario.kind === 'load' ? startNs + durationNs : startNs;
  return endNs <= longest(run.durationNs)
    ? []
    : [`it is ${endNs} ns after the start of a run of ${run.durationNs} ns`];
}

/** Clocks of threads and processes, and what is done after the last interval, leave some room. */
function longest(durationNs: number): number {
  return durationNs * 1.01 + 2e9;
}

function passFaults({ verdict, validity, complete, aborted }: RunResult): string[] {
  if (verdict.outcome !== 'pass') return [];
  const failed = verdict.targets.find(({ severity, outcome }) => severity === 'error' && outcome !== 'pass');
  return [
    ...(validity.state === 'invalid' ? ['it is a pass of an invalid run'] : []),
    ...(aborted === undefined ? [] : ['it is a pass of a run that was stopped']),
    ...(complete ? [] : ['it is a pass of a run that was not completed']),
    ...(failed === undefined ? [] : [`it is a pass, and a target has the outcome ${failed.outcome}`]),
  ];
}

/** Gives the key of each series. */
function addSeriesFaults(
  faults: string[],
  all: readonly Series[],
  definitions: ReadonlyMap<string, MetricDefinition>,
  path: string,
): string[] {
  const keys = all.map(({ metric, tags }) => seriesKey(metric, tags));
  const seen = new Set<string>();
  for (const [index, series] of all.entries()) {
    if (faults.length >= enough) break;
    const key = keys[index] ?? '';
    if (seen.has(key)) faults.push(`${path}.${index}: ${nameOf(series)} is there twice`);
    seen.add(key);
    for (const fault of seriesFaults(series, definitions.get(series.metric)))
      faults.push(`${path}.${index}: ${nameOf(series)}: ${fault}`);
  }
  return keys;
}

/** From so many series on the rest is added up under another name, in an interval sooner than in the whole run. */
const seriesThatFold = 1000;

/** The measured intervals of a run, where it has any, add up to its series. */
function addSumFaults(
  faults: string[],
  run: RunResult,
  sums: ReadonlyMap<string, number>,
  path: string,
): void {
  if (sums.size === 0 || run.series.length >= seriesThatFold) return;
  for (const [index, series] of run.series.entries()) {
    if (faults.length >= enough) return;
    const sum = sums.get(seriesKey(series.metric, series.tags)) ?? 0;
    // what a server counts need not be whole, and then depends on the order in which it is added up
    if (Math.abs(sum - series.count) > 1e-9 * Math.abs(series.count))
      faults.push(
        `${path}.series.${index}: ${nameOf(series)}: count is ${series.count}, and its intervals hold ${sum}`,
      );
  }
}

function nameOf({ metric, tags }: Series): string {
  const listed = Object.entries(tags).map(([key, value]) => `${key}:${value}`);
  return printable(listed.length === 0 ? metric : `${metric}{${listed.join(',')}}`);
}
