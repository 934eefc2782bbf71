import type { IncomingMessage } from 'node:http';
import type { HeldBytes, Hold } from './held-bytes.ts';
import { HttpError } from './http-error.ts';

export interface BodyLimits {
  readonly maxBytes: number;
  /** Bodies that have not come to their end, of all clients. */
  readonly held: HeldBytes;
  /** Called when the body will be read: a client that waits for leave to send it gets it. */
  readonly onRead: () => void;
}

/**
 * The body as JSON. Rejects with HttpError: 413 for one longer than `maxBytes`, 415 for one that is encoded, 400 for no
 * JSON, 503 when bodies of all clients take too much.
 */
export async function readJson(request: IncomingMessage, limits: BodyLimits): Promise<unknown> {
  const { maxBytes, held, onRead } = limits;
  const { 'content-encoding': encoding = 'identity', 'content-length': length } = request.headers;
  if (encoding !== 'identity') {
    throw new HttpError(415, 'the body is encoded', {
      expected: 'no Content-Encoding',
      got: encoding.slice(0, 40),
    });
  }
  if (Number(length ?? 0) > maxBytes) throw tooLong(maxBytes, `${length} bytes`);
  const hold = held.hold(0, () => request.destroy());
  onRead();
  let text: string;
  try {
    text = await readText(request, limits, hold);
  } finally {
    hold?.end();
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new HttpError(400, 'the body is not valid', {
      expected: 'JSON',
      got: text === '' ? 'nothing' : error instanceof Error ? error.message.slice(0, 120) : 'something else',
    });
  }
}

async function readText(
  request: IncomingMessage,
  { maxBytes, held }: BodyLimits,
  hold: Hold | null,
): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) throw new TypeError('Expected bytes of a request');
    bytes += chunk.length;
    if (bytes > maxBytes) throw tooLong(maxBytes, 'more');
    if (hold === null || !hold.grow(chunk.length)) {
      throw new HttpError(503, 'clients are sending too much at once: try again later', {
        expected: `at most ${held.max} bytes of bodies under way`,
        got: 'more',
      });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function tooLong(maxBytes: number, got: string): HttpError {
  return new HttpError(413, 'the body is too long', { expected: `at most ${maxBytes} bytes`, got });
}
