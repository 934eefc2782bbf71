import type { PullMetric } from './pull-metric.ts';

/** The process: memory, CPU and age, as Prometheus names them. Each is read at the scrape. */
export function processMetrics(today: () => number): readonly PullMetric[] {
  const startedAtSeconds = today() / 1_000 - process.uptime();
  return [
    {
      name: 'process_resident_memory_bytes',
      help: 'memory of the process',
      kind: 'gauge',
      read: () => process.memoryUsage.rss(),
    },
    {
      name: 'process_heap_bytes',
      help: 'JavaScript heap in use',
      kind: 'gauge',
      read: () => process.memoryUsage().heapUsed,
    },
    {
      name: 'process_cpu_seconds_total',
      help: 'CPU time, user and system',
      kind: 'counter',
      read() {
        const { user, system } = process.cpuUsage();
        return (user + system) / 1e6;
      },
    },
    {
      name: 'process_start_time_seconds',
      help: 'when the process began, in seconds since 1970',
      kind: 'gauge',
      read: () => startedAtSeconds,
    },
  ];
}
