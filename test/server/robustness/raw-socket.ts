import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import type { TestContext } from 'node:test';

/** A connection whose bytes the test writes itself. It is closed at the end of the test. */
export async function openSocket(context: TestContext, port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  // The server may reset it while it is still being written to.
  socket.on('error', () => undefined);
  context.after(() => socket.destroy());
  await once(socket, 'connect');
  return socket;
}

/** Everything that the server says to these bytes, until it closes. */
export async function exchange(port: number, bytes: string | Uint8Array): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  let reply = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => (reply += chunk));
  socket.write(bytes);
  await closed(socket);
  return reply;
}

/** Resolves when it is closed, however. (`once` of node:events rejects when an error comes first.) */
export function closed(socket: Socket): Promise<null> {
  return new Promise((resolve) => {
    if (socket.destroyed) resolve(null);
    else socket.once('close', () => resolve(null));
  });
}

/** What comes until `pattern` matches all of it. Rejects when the server closes before. */
export async function readUntil(socket: Socket, pattern: RegExp): Promise<string> {
  let text = '';
  const matched = new Promise<boolean>((resolve) => {
    const look = (chunk: Buffer): void => {
      text += chunk.toString('latin1');
      if (!pattern.test(text)) return;
      socket.off('data', look);
      resolve(true);
    };
    socket.on('data', look);
  });
  if ((await Promise.race([matched, closed(socket)])) === null)
    throw new Error(`closed after ${text.slice(0, 300)}`);
  return text;
}

/** A WebSocket frame of a client (RFC 6455, 5.2), masked with zeros unless `masked` is false. */
export function clientFrame(
  payload: string | Uint8Array,
  { opcode = 1, fin = true, masked = true, rsv = 0 } = {},
): Buffer {
  const body = Buffer.from(payload);
  const bit = masked ? 0x80 : 0;
  const first = (fin ? 0x80 : 0) | (rsv << 4) | opcode;
  const mask = Buffer.alloc(masked ? 4 : 0);
  if (body.length < 126) return Buffer.concat([Buffer.from([first, bit | body.length]), mask, body]);
  const long = body.length > 65_535;
  const head = Buffer.alloc(long ? 10 : 4);
  head[0] = first;
  head[1] = bit | (long ? 127 : 126);
  if (long) head.writeBigUInt64BE(BigInt(body.length), 2);
  else head.writeUInt16BE(body.length, 2);
  return Buffer.concat([head, mask, body]);
}

export function upgradeRequest(path: string, extra = ''): string {
  return `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n${extra}\r\n`;
}

/** A WebSocket whose frames the test writes itself. */
export async function openWebSocket(context: TestContext, port: number, path: string): Promise<Socket> {
  const socket = await openSocket(context, port);
  socket.write(upgradeRequest(path));
  await readUntil(socket, /\r\n\r\n/);
  return socket;
}

/** The close code that the server sends; null when it closes without one. */
export async function closeCode(socket: Socket): Promise<number | null> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => void chunks.push(chunk));
  await closed(socket);
  const bytes = Buffer.concat(chunks);
  // The frames of a server before it are short ones here.
  for (let at = 0; at + 2 <= bytes.length;) {
    const length = bytes[at + 1] ?? 0;
    const [start, size] = length === 126 ? [at + 4, bytes.readUInt16BE(at + 2)] : [at + 2, length];
    if (((bytes[at] ?? 0) & 0x0f) === 8) return size >= 2 ? bytes.readUInt16BE(start) : null;
    at = start + size;
  }
  return null;
}
