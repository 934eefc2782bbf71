import { createHash } from 'node:crypto';
import { capacityMetric } from '../../model/capacities.ts';
import { isServerMetric } from '../../model/metrics/server-metrics.ts';
import type { Plan } from '../../model/plan.ts';

/**
 * First 16 hex digits of the SHA-256 over all that decides what is measured: name, seed, subjects or requests,
 * times. Not over where the files lie, nor over tags, targets and the reference, which judge the same measurement
 * differently, nor over what is read of the server beside the load (a process has another id each time). Keys are sorted, so the order in a scenario file does not matter.
 */
export function hashPlan(plan: Plan): string {
  const { schema, kind, scenario, metrics, targets: _targets, expectedNs: _expectedNs, ...work } = plan;
  const { name, seed } = scenario;
  const measured = metrics
    .filter(({ name: metric }) => !isServerMetric(metric) && metric !== capacityMetric.name)
    .map((metric) => ({ ...metric, help: '', better: '' }));
  const { reference: _reference, server: _server, ...decides } = { reference: null, server: null, ...work };
  return createHash('sha256')
    .update(canonicalJson({ schema, kind, name, seed, measured, ...decides }))
    .digest('hex')
    .slice(0, 16);
}

/** JSON with sorted keys and no spaces. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) => {
    if (typeof item !== 'object' || item === null || Array.isArray(item)) return item;
    return Object.fromEntries(Object.entries(item).toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
  });
}
