import type { IncomingMessage, ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { Encoder } from './encoder.ts';
import { shortestEncodedBytes } from './encoder.ts';
import { HttpError } from './http-error.ts';
import { negotiateEncoding } from './negotiate-encoding.ts';
import type { HeldBytes } from './held-bytes.ts';
import type { Reply } from './route.ts';

export interface SendContext {
  /** null: nothing is compressed. */
  readonly encoder: Encoder | null;
  /** Replies that clients have not read. */
  readonly pending: HeldBytes;
}

/** Send a reply. Rejects with HttpError 503, before anything is sent, when clients have left too much unread. */
export async function sendReply(
  request: IncomingMessage,
  response: ServerResponse,
  reply: Reply,
  { encoder, pending }: SendContext,
): Promise<void> {
  switch (reply.kind) {
    case 'empty':
      response.writeHead(reply.status, reply.status === 204 ? {} : { 'content-length': 0 });
      response.end();
      return;
    case 'bytes':
      sendBytes(response, reply.status, reply.headers, reply.bytes, pending);
      return;
    case 'json': {
      const bytes = Buffer.from(reply.json);
      const headers = { 'content-type': 'application/json', vary: 'accept-encoding' };
      const encoding =
        encoder === null || bytes.length < shortestEncodedBytes
          ? null
          : negotiateEncoding(headerOf(request, 'accept-encoding'));
      if (encoding === null || encoder === null) {
        sendBytes(response, reply.status, headers, bytes, pending);
        return;
      }
      const encoded = await encoder.encode(bytes, encoding);
      sendBytes(response, reply.status, { ...headers, 'content-encoding': encoding }, encoded, pending);
      return;
    }
    case 'stream':
      await sendStream(response, reply, pending);
  }
}

export function headerOf({ headers }: IncomingMessage, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : value?.join(', ');
}

function sendBytes(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  bytes: Uint8Array,
  pending: HeldBytes,
): void {
  const hold = pending.hold(bytes.length, () => response.destroy());
  if (hold === null) {
    throw new HttpError(503, 'clients have left too much unread: try again later', {
      expected: `at most ${pending.max} bytes of replies under way`,
      got: `${pending.bytes + bytes.length}`,
    });
  }
  response.once('finish', hold.end);
  response.once('close', hold.end);
  // A length in a 304 would be that of the body which is not sent (RFC 9110, 8.6).
  response.writeHead(status, status === 304 ? headers : { ...headers, 'content-length': bytes.length });
  response.end(bytes);
}

async function sendStream(
  response: ServerResponse,
  { status, contentType, parts }: Reply & { kind: 'stream' },
  pending: HeldBytes,
): Promise<void> {
  response.writeHead(status, { 'content-type': contentType, 'cache-control': 'no-store' });
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  for await (const part of parts) {
    if (gone.signal.aborted) return;
    if (response.write(part)) continue;
    const hold = pending.hold(Buffer.byteLength(part), () => response.destroy());
    if (hold === null) {
      // Half of it was sent: only cutting the connection tells the client that it is not whole.
      response.destroy();
      return;
    }
    try {
      await once(response, 'drain', { signal: gone.signal });
    } catch {
      // The client has gone; there is nobody to tell.
      return;
    } finally {
      hold.end();
    }
  }
  response.end();
}
