import { createBalancer } from '../balancer/balancer.ts';
import { startAppServer } from '../app-server.ts';
import { createCleanUps } from '../clean-ups.ts';
import type { ServerConfig } from '../config/server-config.ts';
import type { LogFormat } from '../monitoring/log-event.ts';
import type { Ports } from '../ports.ts';
import type { WorkCost } from '../work/measure-work.ts';
import { startInstanceGroup } from './instance-group.ts';
import type { InstanceGroup } from './instance-group.ts';

export interface ServerOptions {
  readonly config: ServerConfig;
  readonly ports: Ports;
  /** A folder that exists, and that nobody else uses. */
  readonly dataFolder: string;
  /** 0: a free one. @default 0 */
  readonly port?: number;
  /** Show a page of figures to whoever has its token; several instances have none. @default false */
  readonly dashboard?: boolean;
  /** Of the instances. @default text */
  readonly logFormat?: LogFormat;
}

export interface RunningServer {
  readonly port: number;
  /** Path of the dashboard, with the token that lets one in; null without a dashboard. */
  readonly dashboardLink: string | null;
  readonly measureWork: () => Promise<WorkCost>;
  /** Of the processes of instances; empty when this process serves. */
  readonly pids: () => number[];
  /** Let what is under way end (for up to `drainMs`), then close everything. */
  readonly stop: () => Promise<void>;
}

/** The reference server as configured: in this process, or as several instances behind a balancer in this process. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  if (options.config.instances > 1) return startInstances(options);
  const { port, dashboardLink, measureWork, stop } = await startAppServer(options);
  return { port, dashboardLink, measureWork, pids: () => [], stop };
}

async function startInstances({
  config,
  ports,
  dataFolder,
  port = 0,
  logFormat = 'text',
}: ServerOptions): Promise<RunningServer> {
  const { now, timers, log } = ports;
  const cleanUps = createCleanUps();
  let group: InstanceGroup | null = null;
  const balancer = createBalancer(config, { timers, log, restarts: () => group?.restarts() ?? 0 });
  cleanUps.add(() => balancer.close());
  try {
    // First the address: when it is taken, nothing else has to be started.
    const opened = await balancer.open(port);
    const started = await startInstanceGroup({
      orders: Array.from({ length: config.instances }, (_, index) => ({
        id: index + 1,
        config: instanceConfig(config, index),
        dataFolder,
        logFormat,
      })),
      timers,
      now,
      log,
      onReady: balancer.add,
      onEnd: balancer.remove,
    });
    group = started;
    cleanUps.add(() => started.stop());
    cleanUps.add(() => balancer.drain());
    let stopping: Promise<void> | null = null;
    return {
      port: opened,
      dashboardLink: null,
      measureWork: started.measureWork,
      pids: started.pids,
      stop: () => (stopping ??= cleanUps.run()),
    };
  } catch (error) {
    await cleanUps.run();
    throw error;
  }
}

/** Only the last instance is the slow one. */
function instanceConfig(config: ServerConfig, index: number): ServerConfig {
  return {
    ...config,
    instances: 1,
    slowInstance: index === config.instances - 1 ? config.slowInstance : 1,
  };
}
