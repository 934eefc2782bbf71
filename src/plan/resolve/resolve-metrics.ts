import { capacityMetric } from '../../model/capacities.ts';
import { metricCatalogue } from '../../model/metrics.ts';
import { isServerMetric } from '../../model/metrics/server-metrics.ts';
import type { MetricDefinition } from '../../model/metrics.ts';
import type { PlanContext } from './plan-context.ts';
import type { Scenario } from '../scenario/schema.ts';

/** The catalogue of the kind and the scenario's own metrics. */
export function resolveMetrics(scenario: Scenario, context: PlanContext): MetricDefinition[] {
  const catalogue = metricCatalogue[scenario.kind];
  const own: MetricDefinition[] = [];
  for (const [name, { unit, kind, better, rate, help = '' }] of Object.entries(scenario.metrics ?? {})) {
    const path = ['metrics', name];
    if (!/^[A-Za-z_][\w.]{0,99}$/.test(name))
      context.report(path, 'expected a metric name of letters, digits, _ and .');
    if (catalogue.some((metric) => metric.name === name))
      context.report(path, `\`${name}\` is a metric of perfkit: choose another name`);
    if (scenario.kind === 'load' && name === capacityMetric.name)
      context.report(path, `\`${name}\` is a metric of perfkit: choose another name`);
    if (scenario.kind === 'load' && isServerMetric(name))
      context.report(path, '`server.` stands for what is read of the server: choose another name');
    if (rate !== undefined && kind !== 'counter')
      context.report([...path, 'rate'], `only a counter has a rate, \`${name}\` is a ${kind}`);
    own.push(
      rate === undefined ? { name, unit, kind, better, help } : { name, unit, kind, better, help, rate },
    );
  }
  return [...catalogue, ...own];
}
