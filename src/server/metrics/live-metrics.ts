import type { LiveServer } from '../live/live-server.ts';
import type { PullMetric } from './pull-metric.ts';

type LiveStats = ReturnType<LiveServer['stats']>;

const metrics = {
  clients: ['gauge', 'live_clients', 'WebSocket clients on /live'],
  watchers: ['gauge', 'live_watchers', 'WebSocket clients on /frames'],
  waitingBatches: ['gauge', 'live_waiting_batches', 'batches that wait for more messages'],
  messages: ['counter', 'live_messages_total', 'messages to subscribers'],
  frames: ['counter', 'live_frames_total', 'WebSocket frames that carried them'],
  batches: ['counter', 'live_batches_total', 'batches made'],
  positionFrames: ['counter', 'live_position_frames_total', 'frames of positions sent'],
  droppedPositionFrames: [
    'counter',
    'live_position_frames_dropped_total',
    'frames of positions that slow readers did not get',
  ],
  slowReaders: ['counter', 'live_slow_readers_total', 'clients disconnected because they did not read'],
  idleClients: ['counter', 'live_idle_clients_total', 'clients disconnected because they were silent'],
} as const satisfies Partial<
  Readonly<Record<keyof LiveStats, readonly ['gauge' | 'counter', name: string, help: string]>>
>;

/** WebSockets: clients, messages and the frames that carried them. */
export function liveMetrics(live: Pick<LiveServer, 'stats'>): readonly PullMetric[] {
  return Object.entries(metrics).map(([field, [kind, name, help]]) => ({
    name,
    help,
    kind,
    read: () => Number(Reflect.get(live.stats(), field)),
  }));
}
