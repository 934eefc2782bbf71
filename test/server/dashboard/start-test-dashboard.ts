import type { Duplex } from 'node:stream';
import type { TestContext } from 'node:test';
import { resolveConfig } from '../../../src/server/config/resolve-config.ts';
import { createDashboard } from '../../../src/server/dashboard/dashboard.ts';
import type { Dashboard } from '../../../src/server/dashboard/dashboard.ts';
import type { FigureTotals } from '../../../src/server/dashboard/figure-totals.ts';
import { createAppHttpServer } from '../../../src/server/http/app-http-server.ts';
import { refuseUpgrade } from '../../../src/server/live/refuse-upgrade.ts';
import type { ShownAlert } from '../../../src/server/dashboard/feed-message.ts';
import { VirtualClock } from '../../helpers/virtual-clock.ts';

export interface TestDashboard {
  readonly origin: string;
  readonly dashboard: Dashboard;
  readonly clock: VirtualClock;
  /** What the server would tell; changed by the test. */
  readonly totals: { -readonly [Name in keyof FigureTotals]: number };
  readonly alerts: ShownAlert[];
  /** Cut the connections of open pages. */
  readonly cut: () => void;
  readonly stop: () => Promise<void>;
}

/** 2026-01-01T00:00:00Z, when the virtual clock shows 0. */
const epochMs = 1_767_225_600_000;

/** The page of a server whose figures the test makes up, on a clock that it moves: a snapshot a second. */
export async function startTestDashboard(context: TestContext): Promise<TestDashboard> {
  const clock = new VirtualClock();
  const totals: TestDashboard['totals'] = {
    lookups: 0,
    hits: 0,
    replies: 0,
    replyMs: 0,
    batches: 0,
    messages: 0,
    connections: 0,
    poolUtilization: 0,
    cacheEntries: 0,
    cacheCapacity: 4_000,
    waitingBatches: 0,
  };
  const alerts: ShownAlert[] = [];
  const sockets = new Set<Duplex>();
  const dashboard = createDashboard(
    {
      readTotals: () => ({ ...totals }),
      alerts: () => alerts,
      limits: { minHitRatio: 0.7, maxMeanResponseMs: 500, maxPoolUtilization: 0.8, maxClients: 12_000 },
    },
    { now: clock.nowMs, today: () => epochMs + clock.nowMs(), timers: clock },
  );
  const http = createAppHttpServer({
    config: { ...resolveConfig().config, requestTimeoutMs: 300_000, drainMs: 1_000 },
    routes: dashboard.routes,
    encoder: null,
    now: () => performance.now(),
    timers: { setTimeout, clearTimeout: (timer: NodeJS.Timeout) => clearTimeout(timer) },
    log: () => undefined,
    observe: () => undefined,
    upgrade(request, socket, head) {
      sockets.add(socket);
      if (!dashboard.upgrade(request, socket, head)) refuseUpgrade(socket, 404, 'nothing is here');
    },
  });
  dashboard.start();
  let stopped: Promise<void> | null = null;
  const stop = (): Promise<void> => {
    dashboard.close();
    return (stopped ??= http.stop());
  };
  context.after(stop);
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return { origin: `http://127.0.0.1:${await http.open(0)}`, dashboard, clock, totals, alerts, cut, stop };
}
