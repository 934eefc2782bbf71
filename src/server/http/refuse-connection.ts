import type { Duplex } from 'node:stream';

/** Answer bytes that are no request: what node:http calls a client error. Gives the status; 499 for a client that has gone. */
export function refuseConnection(error: Error, socket: Duplex): number {
  const code = 'code' in error ? String(error.code) : '';
  if (code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return 499;
  }
  const [status, message] = refusals[code] ?? ['400 Bad Request', 'this is not an HTTP request'];
  const body = JSON.stringify({ error: message, got: error.message.slice(0, 100) });
  socket.end(
    `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  // Whoever does not read that either is cut off.
  socket.once('finish', () => socket.destroy());
  return Number(status.slice(0, 3));
}

const refusals: Readonly<Record<string, readonly [status: string, message: string] | undefined>> = {
  HPE_HEADER_OVERFLOW: [
    '431 Request Header Fields Too Large',
    'the head of the request is longer than 16 KiB, or has more than 100 header lines',
  ],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: ['413 Payload Too Large', 'the chunk extensions are too long'],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'the request did not come in time'],
};
