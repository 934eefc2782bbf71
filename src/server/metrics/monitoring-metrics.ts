import type { ErrorCounts } from '../monitoring/error-counts.ts';
import type { Monitoring } from '../monitoring/monitoring.ts';
import type { PullMetric } from './pull-metric.ts';

/**
 * What only a sample can tell (event loop, garbage collection, disk), alerts and failures. prom-client's own metrics of
 * the process are not used: their observers cannot be stopped, and a server must leave nothing behind.
 */
export function monitoringMetrics(
  monitoring: Pick<Monitoring, 'latest' | 'alerts' | 'rules'> | null,
  errors: Pick<ErrorCounts, 'list'>,
): readonly PullMetric[] {
  const failures: PullMetric = {
    name: 'errors_total',
    help: 'what failed, by where and by class; GET /errors has an example of each',
    kind: 'counter',
    labels: ['source', 'class'],
    read: () =>
      errors.list().map(({ source, class: name, count }) => ({
        labels: { source, class: name },
        value: count,
      })),
  };
  if (monitoring === null) return [failures];
  const { latest, alerts, rules } = monitoring;
  const sampled = (name: string, help: string, metric: string, unit: number): PullMetric => ({
    name,
    help: `${help}, in the last sample`,
    kind: 'gauge',
    read() {
      const value = latest()[metric];
      return value === undefined ? [] : value * unit;
    },
  });
  return [
    failures,
    sampled(
      'nodejs_eventloop_lag_p99_seconds',
      'how late the event loop was (P99)',
      'loop_delay_p99_ms',
      1e-3,
    ),
    sampled('nodejs_eventloop_lag_max_seconds', 'how late it was at most', 'loop_delay_max_ms', 1e-3),
    sampled('nodejs_gc_time_ratio', 'part of the time that garbage collections took', 'gc_ms', 1e-3),
    sampled('process_open_fds', 'open files and sockets', 'open_handles', 1),
    sampled('process_cpu_ratio', 'CPU used, 1 is one core', 'cpu_ms', 1e-3),
    sampled('process_disk_written_bytes_per_second', 'bytes written to disk', 'disk_written_bytes', 1),
    sampled(
      'cache_hit_ratio_recent',
      'look-ups that found a value, of some 100 or more',
      'cache_hit_ratio',
      1,
    ),
    {
      name: 'alert_raised',
      help: '1 while the alert is raised',
      kind: 'gauge',
      labels: ['rule'],
      read() {
        const raised = new Set(alerts.raised().map(({ rule }) => rule));
        return rules.map(({ name }) => ({ labels: { rule: name }, value: raised.has(name) ? 1 : 0 }));
      },
    },
    {
      name: 'alerts_raised_total',
      help: 'how often the alert was raised',
      kind: 'counter',
      labels: ['rule'],
      read: () => [...alerts.counts()].map(([rule, value]) => ({ labels: { rule }, value })),
    },
  ];
}
