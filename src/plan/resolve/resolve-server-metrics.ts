import { TargetError, parseTarget } from '../../model/target.ts';
import {
  isServerMetric,
  scrapeErrors,
  serverProcessMetrics,
  serverUnitOf,
} from '../../model/metrics/server-metrics.ts';
import type { MetricDefinition } from '../../model/metrics.ts';
import type { ServerPlan } from '../../model/server-plan.ts';
import type { ParsedTarget } from '../../model/target.ts';
import type { LoadScenario } from '../scenario/schema.ts';

/**
 * What targets may say of the server: what is always told, and every name that they use. What those are can only be known
 * when the server has told them: until then the kind is the one that the target asks for.
 */
export function resolveServerMetrics(
  server: ServerPlan | null,
  targets: LoadScenario['targets'],
): MetricDefinition[] {
  if (server === null) return [];
  const known = [
    ...(server.process === null ? [] : serverProcessMetrics),
    ...(server.scrape === null ? [] : [scrapeErrors]),
  ];
  if (server.scrape === null) return known;
  const wanted = (targets ?? [])
    .flatMap((written) => parsed(typeof written === 'string' ? written : written.expr))
    .filter(({ metric }) => isServerMetric(metric) && known.every(({ name }) => name !== metric));
  const byName = Map.groupBy(wanted, ({ metric }) => metric);
  return [...known, ...[...byName].map(([name, all]) => assumed(name, all))];
}

/** Nothing for a target that is reported elsewhere. */
function parsed(expr: string): ParsedTarget[] {
  try {
    return [parseTarget(expr)];
  } catch (error) {
    if (error instanceof TargetError) return [];
    throw error;
  }
}

function assumed(name: string, targets: readonly ParsedTarget[]): MetricDefinition {
  const asked = new Set(targets.map(({ aggregation }) => aggregation.kind));
  const isShare = targets.some(({ limitText }) => limitText.endsWith('%'));
  const { unit } = serverUnitOf(name);
  const head = {
    name,
    unit: unit === 'count' && isShare ? 'ratio' : unit,
    better: 'neither',
    help: 'told by the server',
  } as const;
  if (asked.has('percentile')) return { ...head, kind: 'histogram' };
  if (asked.has('rate') || asked.has('count')) return { ...head, kind: 'counter', rate: 'per-second' };
  return { ...head, kind: 'gauge' };
}
