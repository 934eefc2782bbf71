import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { RawData, WebSocket } from 'ws';
import type { Chat } from '../chat/chat.ts';
import type { ServerConfig } from '../config/server-config.ts';
import { errorReply } from '../http/error-reply.ts';
import type { Ports } from '../ports.ts';
import { ConversationBatches } from './conversation-batches.ts';
import { FrameClock } from './frame-clock.ts';
import { LiveClient } from './live-client.ts';
import { createLiveProtocol } from './live-protocol.ts';
import { parseLiveMessage } from './parse-live-message.ts';
import { positionFrame } from './position-frame.ts';
import type { LivePriority } from './priorities.ts';
import { refuseUpgrade } from './refuse-upgrade.ts';
import { Subscriptions } from './subscriptions.ts';

/** WebSockets: `/live` for messages of conversations, `/frames` for positions 60 times a second. */
export interface LiveServer {
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** To all who subscribed to the conversation. */
  readonly publish: (conversation: string, priority: LivePriority, data: unknown) => void;
  readonly stats: () => LiveStats;
  /** Ping clients that are silent, and end those that were for too long and answered no ping: to be called now and then. */
  readonly sweep: () => void;
  /** Send batches that were left over: to be called now and then. */
  readonly sendLeftOver: () => void;
  /** Send what waits, and say goodbye to every client. */
  readonly close: () => void;
}

/** Counts since the start, but for the clients and waiting batches: those are now. */
interface LiveStats {
  readonly clients: number;
  readonly watchers: number;
  readonly waitingBatches: number;
  /** Messages to subscribers, each counted once for every one of them, and the frames that carried them. */
  readonly messages: number;
  readonly frames: number;
  readonly batches: number;
  readonly positionFrames: number;
  readonly droppedPositionFrames: number;
  readonly slowReaders: number;
  readonly idleClients: number;
}

const framesPerSecond = 60;
const goingAway = 1001;

type LiveConfig = Pick<
  ServerConfig,
  'batching' | 'maxBatchSize' | 'maxBatchWaitMs' | 'maxFrameBytes' | 'maxUnreadBytes' | 'maxIdleMs'
>;

export function createLiveServer(
  config: LiveConfig,
  { now, timers }: Pick<Ports, 'now' | 'timers'>,
  ask: Chat['ask'],
): LiveServer {
  const clients = new Set<LiveClient>();
  const watchers = new Set<LiveClient>();
  const subscriptions = new Subscriptions();
  const counts = {
    messages: 0,
    frames: 0,
    batches: 0,
    positionFrames: 0,
    droppedPositionFrames: 0,
    slowReaders: 0,
    idleClients: 0,
  };

  const toSubscribers = (conversation: string, messages: number, text: string): void => {
    for (const client of subscriptions.of(conversation) ?? []) {
      if (!client.send(text)) continue;
      counts.frames++;
      counts.messages += messages;
    }
  };
  const batches = new ConversationBatches({
    maxBatchSize: config.maxBatchSize,
    maxWaitMs: config.maxBatchWaitMs,
    now,
    timers,
    send(conversation, messages) {
      counts.batches++;
      const text = `{"type":"batch","conversation":${JSON.stringify(conversation)},"messages":[${messages.join(',')}]}`;
      toSubscribers(conversation, messages.length, text);
    },
  });
  const publish = (conversation: string, priority: LivePriority, data: unknown): void => {
    if (subscriptions.of(conversation) === undefined) return;
    const text = JSON.stringify({ type: 'message', conversation, priority, data });
    if (config.batching && priority !== 'high') batches.add(conversation, text);
    else toSubscribers(conversation, 1, text);
  };
  const frameClock = new FrameClock({
    perSecond: framesPerSecond,
    now,
    timers,
    onFrame(number, dueMs) {
      const frame = positionFrame(number, dueMs);
      for (const watcher of watchers) {
        if (watcher.sendFrame(frame)) counts.positionFrames++;
        else counts.droppedPositionFrames++;
      }
    },
  });

  const obey = createLiveProtocol({ subscriptions, publish, ask });
  const welcome = (socket: WebSocket, group: Set<LiveClient>): LiveClient => {
    const client = new LiveClient(socket, {
      maxUnreadBytes: config.maxUnreadBytes,
      now,
      onSlow: () => counts.slowReaders++,
    });
    group.add(client);
    socket.on('pong', () => client.heard());
    socket.on('close', () => {
      group.delete(client);
      subscriptions.removeAll(client);
      if (watchers.size === 0) frameClock.stop();
    });
    // A broken frame or connection ends this client; ws has said why with a close code where it could.
    socket.on('error', () => undefined);
    return client;
  };
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: config.maxFrameBytes,
    // Its memory, some 60 KiB a client, is worth more here than the bytes it saves.
    perMessageDeflate: false,
  });
  const onLive = (socket: WebSocket): void => {
    const client = welcome(socket, clients);
    socket.on('message', (data: RawData, isBinary: boolean) => {
      client.heard();
      try {
        if (isBinary) client.close(1003, 'expected text');
        else obey(client, parseLiveMessage(textOf(data)));
      } catch (error) {
        client.send(JSON.stringify({ type: 'error', ...errorReply(error).body }));
      }
    });
  };
  const onFrames = (socket: WebSocket): void => {
    const client = welcome(socket, watchers);
    socket.on('message', () => client.heard());
    frameClock.start();
  };
  let closed = false;
  return {
    upgrade(request, socket, head) {
      const path = (request.url ?? '').split('?', 1)[0];
      const accept = path === '/live' ? onLive : path === '/frames' ? onFrames : null;
      if (closed) refuseUpgrade(socket, 503, 'the server is stopping');
      else if (accept === null) refuseUpgrade(socket, 404, 'there is no WebSocket at this path');
      else server.handleUpgrade(request, socket, head, accept);
    },
    publish,
    stats: () => ({
      clients: clients.size,
      watchers: watchers.size,
      waitingBatches: batches.size,
      ...counts,
    }),
    sweep() {
      const nowMs = now();
      for (const client of [...clients, ...watchers]) {
        const silentMs = nowMs - client.heardMs;
        if (silentMs >= config.maxIdleMs && client.isOwingPong) {
          counts.idleClients++;
          client.terminate();
        } else if (silentMs >= config.maxIdleMs / 2) client.ping();
      }
    },
    sendLeftOver: () => batches.sendDue(),
    close() {
      closed = true;
      batches.flush();
      frameClock.stop();
      for (const client of [...clients, ...watchers]) client.close(goingAway, 'the server is stopping');
    },
  };
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString();
  return Buffer.isBuffer(data) ? data.toString() : Buffer.from(data).toString();
}
