import type { IncomingMessage, ServerResponse } from 'node:http';
import { HttpError } from './http-error.ts';

/** Header lines that a request may have. */
export const mostHeaderLines = 100;

/**
 * Throws HttpError for a head that node:http takes but that must not be guessed at: more lines than it keeps (431), or
 * not exactly one Host in HTTP/1.1 (400; RFC 9112, 3.2). The connection then ends with the reply.
 */
export function checkHead({ rawHeaders, httpVersion }: IncomingMessage, response: ServerResponse): void {
  if (rawHeaders.length > 2 * mostHeaderLines) {
    response.shouldKeepAlive = false;
    throw new HttpError(431, 'the head of the request has too many header lines', {
      expected: `at most ${mostHeaderLines}`,
      got: 'more',
    });
  }
  let hosts = 0;
  // Names and values by turns.
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name?.length === 4 && name.toLowerCase() === 'host') hosts++;
  }
  if (hosts > 1 || (hosts === 0 && httpVersion === '1.1')) {
    response.shouldKeepAlive = false;
    throw new HttpError(400, 'the head of the request is not valid', {
      expected: 'one Host header',
      got: String(hosts),
    });
  }
}
