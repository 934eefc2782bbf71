import type { IncomingMessage } from 'node:http';
import { HttpError } from './http-error.ts';

/** The body as JSON. Rejects with HttpError: 413 for one longer than `maxBytes`, 415 for one that is encoded, 400 for no JSON. */
export async function readJson(request: IncomingMessage, maxBytes: number): Promise<unknown> {
  const { 'content-encoding': encoding = 'identity', 'content-length': length } = request.headers;
  if (encoding !== 'identity') {
    throw new HttpError(415, 'the body is encoded', {
      expected: 'no Content-Encoding',
      got: encoding.slice(0, 40),
    });
  }
  if (Number(length ?? 0) > maxBytes) throw tooLong(maxBytes, `${length} bytes`);
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) throw new TypeError('Expected bytes of a request');
    bytes += chunk.length;
    if (bytes > maxBytes) throw tooLong(maxBytes, 'more');
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString();
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new HttpError(400, 'the body is not valid', {
      expected: 'JSON',
      got: bytes === 0 ? 'nothing' : error instanceof Error ? error.message.slice(0, 120) : 'something else',
    });
  }
}

function tooLong(maxBytes: number, got: string): HttpError {
  return new HttpError(413, 'the body is too long', { expected: `at most ${maxBytes} bytes`, got });
}
