import { Distribution } from '../../measure/distribution.ts';
import { elapsedNs } from '../../measure/selection.ts';
import { plain } from '../text.ts';
import { resultsOf } from '../reporter.ts';
import { inertJson } from './inert-json.ts';
import type { Reporter } from '../reporter.ts';
import type { RunResult, Series, TargetResult } from '../../model/result.ts';

/**
 * The summary of k6 (`k6 run --summary-export`), which is what `artifacts:reports:load_performance` of GitLab reads:
 * checks, RPS and TTFB P90 and P95, branch against branch. Milliseconds. The loads of a suite are added up; a bench has
 * its targets as checks only. (docs.gitlab.com, "Load performance testing")
 */
export const gitlab: Reporter = (document) => {
  const results = resultsOf(document);
  const loads = results.filter((result) => result.scenario.kind === 'load');
  const whole = { name: 'perfkit: run', passed: document.verdict.outcome === 'pass' };
  const checks = results.length === 0 ? [whole] : results.flatMap(checksOf);
  const passes = checks.filter(({ passed }) => passed).length;
  const fails = checks.length - passes;
  const metrics = {
    checks: { passes, fails, value: passes / checks.length },
    ...requestMetrics(loads),
    ...trend('http_req_duration', loads, 'service_time'),
    ...trend('http_req_waiting', loads, 'time_to_first_byte'),
    ...trend('http_req_connecting', loads, 'connect_time'),
    ...trend('http_req_receiving', loads, 'download_time'),
    ...volume('data_received', loads, 'bytes_in'),
    ...volume('data_sent', loads, 'bytes_out'),
  };
  return inertJson({ metrics, root_group: rootGroup(checks) });
};

interface Check {
  readonly name: string;
  readonly passed: boolean;
}

/** The targets, and the verdict: it also fails for reasons that no target has. */
function checksOf({ scenario, verdict }: RunResult): Check[] {
  const holds = (target: TargetResult): boolean => target.outcome === 'pass' && verdict.outcome !== 'invalid';
  return [
    { name: `${plain(scenario.name)}: run`, passed: verdict.outcome === 'pass' },
    ...verdict.targets.map((target) => ({
      name: `${plain(scenario.name)}: ${plain(target.expr)}`,
      passed: holds(target),
    })),
  ];
}

/** k6 names a check by its group and itself; two of one name are one. */
function rootGroup(checks: readonly Check[]): object {
  const byName = Map.groupBy(checks, ({ name }) => name);
  const listed = [...byName].map(([name, those]) => {
    const passes = those.filter(({ passed }) => passed).length;
    return [name, { name, path: `::${name}`, passes, fails: those.length - passes }] as const;
  });
  return { name: '', path: '', groups: {}, checks: Object.fromEntries(listed) };
}

function requestMetrics(loads: readonly RunResult[]): object {
  const errors = seriesOf(loads, 'errors');
  const failed = sum(errors, (one) => one.count);
  const replies = seriesOf(loads, 'throughput');
  const requests = failed + sum(replies, (one) => one.count);
  const ns = elapsedOf(loads, 'throughput');
  if (replies.length === 0 || ns === 0) return {};
  return {
    http_reqs: { count: requests, rate: (requests * 1e9) / ns },
    http_req_failed: {
      passes: failed,
      fails: requests - failed,
      value: requests === 0 ? 0 : failed / requests,
    },
  };
}

/** Percentiles of all series added up; nothing where nothing was recorded. */
function trend(name: string, loads: readonly RunResult[], metric: string): object {
  const series = seriesOf(loads, metric).filter((one) => one.kind === 'histogram' && one.count > 0);
  if (series.length === 0) return {};
  const distribution = new Distribution();
  try {
    for (const one of series) distribution.addSeries(one);
    const ms = (reading: { readonly value: number }): number => reading.value / 1e6;
    return {
      [name]: {
        avg: ms(distribution.mean),
        min: ms(distribution.min),
        med: ms(distribution.valueAt(50)),
        max: ms(distribution.max),
        'p(90)': ms(distribution.valueAt(90)),
        'p(95)': ms(distribution.valueAt(95)),
        'p(99)': ms(distribution.valueAt(99)),
      },
    };
  } finally {
    distribution.destroy();
  }
}

function volume(name: string, loads: readonly RunResult[], metric: string): object {
  const series = seriesOf(loads, metric);
  const ns = elapsedOf(loads, metric);
  const count = sum(series, (one) => one.count);
  return series.length === 0 || ns === 0 ? {} : { [name]: { count, rate: (count * 1e9) / ns } };
}

function seriesOf(results: readonly RunResult[], metric: string): Series[] {
  return results.flatMap(({ series }) => series.filter((one) => one.metric === metric));
}

/** Loads follow each other: their times add. */
function elapsedOf(loads: readonly RunResult[], metric: string): number {
  return sum(loads, (load) => {
    const series = seriesOf([load], metric);
    return series.length === 0 ? 0 : elapsedNs(series);
  });
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
