import type { FeedMessage, Limits, Snapshot } from '../feed-message.ts';
import { createAlertList } from './alert-list.ts';
import { browser, byId, setText } from './browser.ts';
import { addToChartData, createCharts } from './charts.ts';
import type { ChartData } from './charts.ts';
import { connectFeed } from './feed-connection.ts';
import type { ConnectionState } from './feed-connection.ts';
import { formatTime } from './format.ts';
import { createTiles } from './tiles.ts';

/** The page: what the feed tells goes into tiles, alerts and charts. */
const showTiles = createTiles();
const showAlerts = createAlertList();
const charts = createCharts();
const status = byId('status');
const updated = byId('updated');
let limits: Limits | null = null;
let data: ChartData = { atMs: [], columns: new Map() };

function show(snapshot: Snapshot, by: Limits): void {
  showTiles(snapshot, by);
  showAlerts(snapshot.alerts);
  setText(updated, `figures of ${formatTime(snapshot.atMs)}`);
}

function onMessage(message: FeedMessage): void {
  if (message.type === 'history') {
    const columns = new Map<string, (number | null)[]>();
    for (const [name, values] of Object.entries(message.columns)) columns.set(name, [...values]);
    limits = message.limits;
    data = { atMs: [...message.atMs], columns };
    if (message.latest !== null) show(message.latest, limits);
  } else {
    addToChartData(data, message);
    if (limits !== null) show(message, limits);
  }
  draw();
}

/** Behind other tabs nobody sees it. */
function draw(): void {
  if (!browser.document.hidden && limits !== null && data.atMs.length > 0) charts.draw(data, limits);
}

function onState(state: ConnectionState): void {
  browser.document.documentElement.dataset['connection'] = state.kind;
  setText(status, wordsOf(state));
}

function wordsOf(state: ConnectionState): string {
  switch (state.kind) {
    case 'connecting':
      return 'Connecting …';
    case 'live':
      return '● Live';
    case 'lost':
      return `✕ Disconnected since ${formatTime(state.sinceMs)}, next try in ${Math.round(state.retryInMs / 1_000)} s`;
    case 'refused':
      return `✕ Disconnected since ${formatTime(state.sinceMs)}: the server was started again, open the link that it printed`;
  }
}

browser.document.addEventListener('visibilitychange', draw);
setText(byId('host'), browser.location.host);
connectFeed(browser.location.host, { onMessage, onState });
