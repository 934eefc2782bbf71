import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import type { FeedMessage, Snapshot } from './feed-message.ts';

/** Open pages, each with a WebSocket. All get the same bytes. */
export interface Feed {
  readonly isFull: () => boolean;
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer, first: FeedMessage) => void;
  readonly send: (snapshot: Snapshot) => void;
  readonly stats: () => FeedStats;
  /** Say goodbye to every page. */
  readonly close: () => void;
}

interface FeedStats {
  readonly clients: number;
  /** Snapshots that slow pages did not get. */
  readonly skipped: number;
}

const mostClients = 32;
/** A page that has not read this much is not sent more: it gets the next figures when it has. */
const mostUnreadBytes = 262_144;
/** Snapshots in a row that a page may miss: half a minute. */
const mostSkipped = 30;
const goingAway = 1001;
/** From 4000 on codes are for applications (RFC 6455, 7.4.2). */
const slowReader = 4008;
/** A page has nothing to say. */
const mostMessageBytes = 1_024;

export function createFeed(): Feed {
  /** Pages, and how many snapshots in a row each has missed. */
  const clients = new Map<WebSocket, number>();
  let skipped = 0;
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: mostMessageBytes,
    perMessageDeflate: false,
  });
  const sendTo = (client: WebSocket, missed: number, bytes: Buffer): void => {
    if (client.readyState !== client.OPEN) return;
    if (client.bufferedAmount <= mostUnreadBytes) {
      client.send(bytes, { binary: false });
      clients.set(client, 0);
      return;
    }
    skipped++;
    clients.set(client, missed + 1);
    if (missed + 1 < mostSkipped) return;
    client.close(slowReader, 'too much was left unread');
    // What is not read hides the goodbye too.
    client.terminate();
  };
  return {
    isFull: () => clients.size >= mostClients,
    upgrade(request, socket, head, first) {
      server.handleUpgrade(request, socket, head, (client) => {
        clients.set(client, 0);
        client.on('close', () => clients.delete(client));
        client.on('error', () => undefined);
        client.send(JSON.stringify(first));
      });
    },
    send(snapshot) {
      if (clients.size === 0) return;
      const bytes = Buffer.from(JSON.stringify({ type: 'snapshot', ...snapshot } satisfies FeedMessage));
      for (const [client, missed] of clients) sendTo(client, missed, bytes);
    },
    stats: () => ({ clients: clients.size, skipped }),
    close() {
      for (const client of clients.keys()) client.close(goingAway, 'the server is stopping');
    },
  };
}
