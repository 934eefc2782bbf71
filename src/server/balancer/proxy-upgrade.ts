import { STATUS_CODES, request as openRequest } from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Backend } from './backend.ts';
import type { BalancerState } from './balancer-state.ts';
import { endToEndHeaders, requestHeaders } from './forward-headers.ts';

/**
 * Pass a WebSocket on to the backend that has the fewest. What the client sends before the backend has agreed waits:
 * bytes that follow a request for an upgrade are passed on only when they cannot be taken for another request.
 */
export function proxyUpgrade(
  request: IncomingMessage,
  client: Duplex,
  head: Buffer,
  state: BalancerState,
): void {
  client.on('error', () => client.destroy());
  if (request.method !== 'GET' || request.headers.upgrade?.toLowerCase() !== 'websocket') {
    refuse(client, 400, 'expected GET with Upgrade: websocket');
    return;
  }
  const backend = state.isStopping ? null : state.choose(state.backends, 'sockets', []);
  if (backend === null) {
    state.counts.refused++;
    refuse(client, 503, 'no instance can take a WebSocket now');
    return;
  }
  let sent: ClientRequest;
  try {
    sent = openTo(backend, request);
  } catch {
    refuse(client, 400, 'expected a path of visible characters');
    return;
  }
  const leave = enter(backend, sent);
  client.once('close', () => void sent.destroy());
  sent.once('upgrade', (reply, server, first) => {
    leave();
    server.once('close', enter(backend, server));
    join(client, server);
    client.write(responseHead(reply));
    if (first.length > 0) client.write(first);
    if (head.length > 0) server.write(head);
    client.pipe(server).pipe(client);
  });
  sent.once('response', (reply) => {
    leave();
    reply.on('error', () => undefined).resume();
    const { statusCode = 502 } = reply;
    refuse(client, statusCode, STATUS_CODES[statusCode] ?? 'refused');
  });
  sent.on('error', (error) => {
    leave();
    if (client.destroyed) return;
    backend.failures++;
    refuse(client, 502, `instance ${backend.id} did not answer: ${error.message}`);
  });
  sent.once('close', leave);
  sent.setTimeout(state.timeoutMs, () => sent.destroy(new Error('it sent nothing in time')));
  sent.end();
}

/** Throws on a path that cannot be sent. */
function openTo({ port }: Backend, { url = '/', rawHeaders, socket }: IncomingMessage): ClientRequest {
  const headers = withoutLength(requestHeaders(rawHeaders, socket.remoteAddress ?? 'unknown'));
  headers.push('Connection', 'Upgrade', 'Upgrade', 'websocket');
  // A connection of its own: it is not given back.
  return openRequest({ host: '127.0.0.1', port, agent: false, path: url, headers });
}

/** Count it among what the backend has, until the function that this gives is called. */
function enter(backend: Backend, one: { destroy: (error: Error) => unknown }): () => void {
  backend.sockets++;
  backend.underWay.add(one);
  return () => {
    if (backend.underWay.delete(one)) backend.sockets--;
  };
}

/** Each end goes with the other, and may be silent for as long as it likes. */
function join(client: Duplex, server: Socket): void {
  server.setTimeout(0);
  server.setNoDelay(true);
  if (client instanceof Socket) client.setTimeout(0);
  server.on('error', () => server.destroy());
  server.once('close', () => client.destroy());
  client.once('close', () => server.destroy());
  if (client.destroyed) server.destroy();
}

/** What follows the head of such a request is not its body. */
function withoutLength(headers: readonly string[]): string[] {
  return headers.filter((_text, at) => headers[at - (at % 2)]?.toLowerCase() !== 'content-length');
}

function responseHead({ rawHeaders }: IncomingMessage): string {
  const headers = endToEndHeaders(rawHeaders);
  const lines = Array.from(
    { length: headers.length / 2 },
    (_, at) => `${headers[2 * at]}: ${headers[2 * at + 1]}`,
  );
  return [
    'HTTP/1.1 101 Switching Protocols',
    'Connection: Upgrade',
    'Upgrade: websocket',
    ...lines,
    '',
    '',
  ].join('\r\n');
}

function refuse(client: Duplex, status: number, error: string): void {
  const body = JSON.stringify({ error });
  client.once('finish', () => client.destroy());
  client.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
