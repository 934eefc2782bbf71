import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { Alarm } from '../../components/internal/alarm.ts';
import { isLoopbackHost, whyForeign, whyForeignHost } from '../http/check-origin.ts';
import type { Route } from '../http/route.ts';
import { refuseUpgrade } from '../live/refuse-upgrade.ts';
import type { Ports } from '../ports.ts';
import { readAssets } from './assets.ts';
import { createDashboardAccess } from './dashboard-access.ts';
import { dashboardPath, dashboardRoutes, whyNoAccess } from './dashboard-routes.ts';
import type { Limits, ShownAlert, Snapshot } from './feed-message.ts';
import { createFeed } from './feed.ts';
import type { Feed } from './feed.ts';
import { createFigureMeter, meanWindowMs } from './figure-meter.ts';
import type { FigureTotals } from './figure-totals.ts';
import { rateFigures } from './rate-figures.ts';
import { SnapshotHistory } from './snapshot-history.ts';

/** The page that shows the server at work: seven figures, each second, and what they were in the last ten minutes. */
export interface Dashboard {
  /** With the token that lets whoever opens it in: `/dashboard?token=...` */
  readonly link: string;
  readonly routes: readonly Route[];
  /** Takes the upgrade to a WebSocket when it is for the page; false when it is for somebody else. */
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => boolean;
  /** Take a snapshot now, and each second from now on. */
  readonly start: () => void;
  readonly stats: Feed['stats'];
  /** No more snapshots; pages are told that the server stops. */
  readonly close: () => void;
}

export interface DashboardOptions {
  readonly readTotals: () => FigureTotals;
  /** Those that are raised now; null: nobody watches. */
  readonly alerts: () => readonly ShownAlert[] | null;
  readonly limits: Omit<Limits, 'cacheCapacity' | 'windowSeconds'>;
}

const snapshotEveryMs = 1_000;

/** Snapshots are taken whether somebody looks or not: the history is there for who comes late. */
export function createDashboard(
  { readTotals, alerts, limits }: DashboardOptions,
  { now, timers, today }: Pick<Ports, 'now' | 'timers' | 'today'>,
): Dashboard {
  const access = createDashboardAccess(dashboardPath);
  const feed = createFeed();
  const history = new SnapshotHistory();
  const measure = createFigureMeter();
  let closed = false;

  const limitsNow = (totals: FigureTotals): Limits => ({
    ...limits,
    cacheCapacity: totals.cacheCapacity,
    windowSeconds: meanWindowMs / 1_000,
  });
  const takeSnapshot = (): Snapshot => {
    const totals = readTotals();
    const figures = measure(now(), totals);
    const levels = rateFigures(figures, limitsNow(totals));
    return {
      atMs: today(),
      figures,
      levels,
      alerts: alerts()?.map(({ rule, message, at }) => ({ rule, message, at })) ?? null,
    };
  };
  const tick = (): void => {
    alarm.set(snapshotEveryMs);
    const snapshot = takeSnapshot();
    history.add(snapshot);
    feed.send(snapshot);
  };
  const alarm = new Alarm(timers, tick, { keepsAlive: false });

  return {
    link: `${dashboardPath}?token=${access.token}`,
    routes: dashboardRoutes(access, readAssets()),
    upgrade(request, socket, head) {
      if ((request.url ?? '').split('?', 1)[0] !== `${dashboardPath}/feed`) return false;
      const { host, origin, cookie } = request.headers;
      const foreign = isLoopbackHost(host) ? whyForeign({ host, origin }) : whyForeignHost(host);
      if (closed) refuseUpgrade(socket, 503, 'the server is stopping');
      else if (foreign !== null) refuseUpgrade(socket, 403, foreign);
      else if (!access.hasCookie(cookie)) refuseUpgrade(socket, 401, whyNoAccess);
      else if (feed.isFull()) refuseUpgrade(socket, 503, 'too many pages are open: close one');
      else feed.upgrade(request, socket, head, history.message(limitsNow(readTotals())));
      return true;
    },
    start: tick,
    stats: feed.stats,
    close() {
      closed = true;
      alarm.clear();
      feed.close();
    },
  };
}
