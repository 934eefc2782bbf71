import type { TimerHandle, Timers } from '../components/internal/timers.ts';
import type { ServerConfig } from './config/server-config.ts';
import type { LiveServer } from './live/live-server.ts';
import type { Ports } from './ports.ts';

interface MaintainedParts {
  readonly live: Pick<LiveServer, 'sweep' | 'sendLeftOver'>;
  /** null: nobody wants to know. */
  readonly logMetrics: (() => void) | null;
}

type MaintenanceConfig = Pick<
  ServerConfig,
  'connectionCleanupMs' | 'maxIdleMs' | 'batchCleanupMs' | 'metricsLogMs'
>;

/** What is done now and then: silent clients, batches that were left over, the log of metrics. Caches and pools tidy up by themselves. */
export function startMaintenance(
  config: MaintenanceConfig,
  { timers }: Pick<Ports, 'timers'>,
  { live, logMetrics }: MaintainedParts,
): { readonly stop: () => void } {
  const stops = [
    repeat(timers, Math.min(config.connectionCleanupMs, config.maxIdleMs), () => live.sweep()),
    repeat(timers, config.batchCleanupMs, () => live.sendLeftOver()),
    ...(logMetrics === null ? [] : [repeat(timers, config.metricsLogMs, logMetrics)]),
  ];
  return {
    stop() {
      for (const stop of stops) stop();
    },
  };
}

function repeat(timers: Timers, everyMs: number, work: () => void): () => void {
  let timer: TimerHandle;
  const next = (): void => {
    timer = timers.setTimeout(() => {
      next();
      work();
    }, everyMs);
    timer.unref();
  };
  next();
  return () => timers.clearTimeout(timer);
}
