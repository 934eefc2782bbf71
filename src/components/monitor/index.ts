export { createMonitor } from './create-monitor.ts';
export type {
  Counter,
  Gauge,
  Monitor,
  MonitorOptions,
  MonitorStats,
  SampleSeries,
  Span,
  SystemReader,
  SystemReading,
  Timing,
} from './monitor.ts';
export type { SystemMetric } from './system-use.ts';
export type { Alert, ThresholdRule } from './thresholds.ts';
export { slopeOf } from './slope.ts';
export type { Slope } from './slope.ts';
