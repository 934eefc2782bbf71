import { WebSocketServer } from 'ws';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

const maxMessageBytes = 1024 * 1024;

/**
 * Answers messages over WebSocket: `{"ping": x}` with `{"pong": x}`, anything else with itself. Returns what a server
 * does with an upgrade.
 */
export function createLiveSocket(): (request: IncomingMessage, socket: Duplex, head: Buffer) => void {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: maxMessageBytes,
    perMessageDeflate: true,
  });
  return (request, socket, head) => {
    server.handleUpgrade(request, socket, head, (live) => {
      live.on('message', (message: Buffer, isBinary: boolean) => {
        live.send(isBinary ? message : replyTo(message), { binary: isBinary });
      });
      // a broken client ends its own socket only
      live.on('error', () => live.terminate());
    });
  };
}

function replyTo(message: Buffer): string | Buffer {
  try {
    const value: unknown = JSON.parse(message.toString());
    if (typeof value === 'object' && value !== null && 'ping' in value)
      return JSON.stringify({ pong: value.ping });
  } catch {
    // not JSON: echoed
  }
  return message;
}
