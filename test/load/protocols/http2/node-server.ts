import { Duplex } from 'node:stream';
import { createServer } from 'node:http2';
import type { Http2Server, ServerHttp2Stream, IncomingHttpHeaders } from 'node:http2';

export interface NodeConversation {
  /** To the server. */
  readonly write: (bytes: Uint8Array) => void;
  /** What the server has sent since the last call; waits until there is something. */
  readonly read: () => Promise<Buffer>;
  readonly close: () => void;
}

export type StreamHandler = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, body: Buffer) => void;

/** Node's own HTTP/2 server at the other end of a stream in memory. */
export function talkToNode(
  handler: StreamHandler,
  settings: { maxConcurrentStreams?: number; initialWindowSize?: number } = {},
): NodeConversation {
  const pieces: Buffer[] = [];
  let wake: () => void = () => undefined;
  const near: Duplex = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _encoding, done) => {
      pieces.push(Buffer.from(chunk));
      wake();
      done();
    },
    final: (done) => done(),
  });
  const server: Http2Server = createServer({ settings });
  server.on('stream', (stream, headers) => {
    const body: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => void body.push(chunk));
    stream.on('error', () => undefined);
    stream.on('end', () => handler(stream, headers, Buffer.concat(body)));
  });
  server.on('sessionError', () => undefined);
  server.emit('connection', near);
  return {
    write: (bytes) => {
      if (bytes.length > 0) near.push(Buffer.from(bytes));
    },
    read: async () => {
      if (pieces.length === 0) await new Promise<void>((resolve) => (wake = resolve));
      return Buffer.concat(pieces.splice(0));
    },
    close: () => {
      near.destroy();
      server.close();
    },
  };
}
