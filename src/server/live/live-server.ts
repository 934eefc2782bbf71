import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { RawData, WebSocket } from 'ws';
import type { Chat } from '../chat/chat.ts';
import type { ServerConfig } from '../config/server-config.ts';
import { whyForeign } from '../http/check-origin.ts';
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
import { wantedConversations } from './wanted-conversations.ts';

/** WebSockets: `/live` for messages of conversations, `/frames` for positions 60 times a second. */
export interface LiveServer {
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** To all who subscribed to the conversation. */
  readonly publish: (conversation: string, priority: LivePriority, data: unknown) => void;
  /** To those of them that are connected here: another process has told the others. `dataJson` is JSON already. */
  readonly deliver: (conversation: string, priority: LivePriority, dataJson: string) => void;
  readonly stats: () => LiveStats;
  /** Until the next frame of positions is due, in milliseconds; Infinity while nobody watches. */
  readonly msToNextFrame: () => number;
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
/** Unread messages of all clients together, while each keeps to its share of them. */
const mostUnreadBytesOfAll = 268_435_456;
const leastUnreadBytes = 32_768;

type LiveConfig = Pick<
  ServerConfig,
  'batching' | 'maxBatchSize' | 'maxBatchWaitMs' | 'maxFrameBytes' | 'maxUnreadBytes' | 'maxIdleMs'
>;

interface LivePorts extends Pick<Ports, 'now' | 'timers' | 'nextTurn'> {
  /** Told of each frame of positions that was sent, by its number since somebody began to watch. */
  readonly onFrame?: (number: number, nowMs: number) => void;
  /** Told of each message that could not be dealt with. */
  readonly onFailure?: (error: unknown) => void;
  /** Told of each message that is published here, whoever has subscribed to it. */
  readonly onPublish?: (conversation: string, priority: LivePriority, dataJson: string) => void;
}

export function createLiveServer(
  config: LiveConfig,
  { now, timers, nextTurn, onFrame: tellFrame, onFailure, onPublish }: LivePorts,
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
    // Encoded once: however many clients are slow to read it, it is in memory once.
    const bytes = Buffer.from(text);
    for (const client of subscriptions.of(conversation) ?? []) {
      if (!client.send(bytes)) continue;
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
  const deliver = (conversation: string, priority: LivePriority, dataJson: string): void => {
    if (subscriptions.of(conversation) === undefined) return;
    const head = JSON.stringify({ type: 'message', conversation, priority });
    const text = `${head.slice(0, -1)},"data":${dataJson}}`;
    if (config.batching && priority !== 'high') batches.add(conversation, text);
    else toSubscribers(conversation, 1, text);
  };
  const publishJson: typeof deliver = (conversation, priority, dataJson) => {
    deliver(conversation, priority, dataJson);
    onPublish?.(conversation, priority, dataJson);
  };
  const frameClock = new FrameClock({
    perSecond: framesPerSecond,
    now,
    timers,
    ...(nextTurn !== undefined && { nextTurn }),
    onFrame(number, dueMs) {
      const frame = positionFrame(number, dueMs);
      for (const watcher of watchers) {
        if (watcher.sendFrame(frame)) counts.positionFrames++;
        else counts.droppedPositionFrames++;
      }
      tellFrame?.(number, now());
    },
  });

  const obey = createLiveProtocol({ subscriptions, publish: publishJson, ask });
  /** The more clients there are, the less each may leave unread. */
  const maxUnreadBytes = (): number => {
    const share = Math.floor(mostUnreadBytesOfAll / (clients.size + watchers.size));
    return Math.min(config.maxUnreadBytes, Math.max(leastUnreadBytes, share));
  };
  const welcome = (socket: WebSocket, group: Set<LiveClient>): LiveClient => {
    const client = new LiveClient(socket, {
      maxUnreadBytes,
      now,
      onSlow: () => counts.slowReaders++,
    });
    group.add(client);
    socket.on('pong', () => client.heard());
    socket.on('ping', () => client.heard());
    socket.on('close', () => {
      group.delete(client);
      subscriptions.removeAll(client);
      if (watchers.size === 0) frameClock.stop();
    });
    // A broken frame or connection ends this client; ws has said why with a close code where it could.
    socket.on('error', () => undefined);
    return client;
  };
  const options = {
    noServer: true,
    clientTracking: false,
    maxPayload: config.maxFrameBytes,
    maxFragments: 1_024,
    // A client that answers no goodbye holds what it has not read for so long. (The types of ws do not know it.)
    closeTimeout: 5_000,
    // Its memory, some 60 KiB a client, is worth more here than the bytes it saves.
    perMessageDeflate: false,
  };
  const server = new WebSocketServer(options);
  const onLive = (socket: WebSocket, wanted: readonly string[]): void => {
    const client = welcome(socket, clients);
    for (const conversation of wanted) subscriptions.add(client, conversation);
    socket.on('message', (data: RawData, isBinary: boolean) => {
      // What still comes after our goodbye is not for us.
      if (!client.isOpen) return;
      client.heard();
      try {
        if (isBinary) client.close(1003, 'expected text');
        else obey(client, parseLiveMessage(textOf(data)));
      } catch (error) {
        onFailure?.(error);
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
      const foreign = whyForeign(request.headers);
      const accept = path === '/live' ? onLive : path === '/frames' ? onFrames : null;
      const wanted = wantedConversations(request.url ?? '');
      if (closed) refuseUpgrade(socket, 503, 'the server is stopping');
      else if (accept === null) refuseUpgrade(socket, 404, 'there is no WebSocket at this path');
      // Any page that its user opens could connect to the server on the user's own machine.
      else if (foreign !== null) refuseUpgrade(socket, 403, foreign);
      else if (wanted === null) refuseUpgrade(socket, 400, 'the conversations to listen to are not valid');
      else server.handleUpgrade(request, socket, head, (client) => accept(client, wanted));
    },
    publish: (conversation, priority, data) =>
      publishJson(conversation, priority, JSON.stringify(data ?? null)),
    deliver,
    stats: () => ({
      clients: clients.size,
      watchers: watchers.size,
      waitingBatches: batches.size,
      ...counts,
    }),
    msToNextFrame: () => frameClock.msToNext(),
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
