import { createServer } from 'node:http';
import { createItems } from './items.ts';
import { createLiveSocket } from './live-socket.ts';
import { sendEvents } from './send-events.ts';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Item } from './items.ts';

const itemCount = 1000;
const maxEchoBytes = 1024 * 1024;

/**
 * A small HTTP API to put load on where there is no server of one's own. Each request does what such a server does:
 * look up, encode JSON, read a body.
 *
 *     GET /              what there is
 *     GET /items/:id     one item as JSON, 404 for an unknown id
 *     POST /echo         the body back, 413 above 1 MiB
 *     GET /events        server-sent events, ten a second
 *     WS /live           {"ping": x} is answered with {"pong": x}, anything else with itself
 */
export function createItemServer(): Server {
  const items = new Map(createItems(itemCount, 1).map((item) => [String(item.id), item]));
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) =>
    answer(request, response, items),
  );
  const live = createLiveSocket();
  server.on('upgrade', (request, socket, head) => {
    if (request.url?.split('?', 1)[0] === '/live') live(request, socket, head);
    else socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  });
  return server;
}

function answer(request: IncomingMessage, response: ServerResponse, items: ReadonlyMap<string, Item>): void {
  const { method = '', url = '/' } = request;
  const path = url.split('?', 1)[0] ?? '/';
  if (method === 'POST' && path === '/echo') {
    echo(request, response);
    return;
  }
  request.resume();
  if (method !== 'GET' && method !== 'HEAD') {
    sendJson(response, 405, { error: `${method} is not supported here` });
  } else if (path === '/') {
    sendJson(response, 200, {
      name: 'perfkit items',
      items: items.size,
      paths: ['/items/:id', '/echo', '/events', '/live'],
    });
  } else if (path === '/events' && method === 'GET') {
    sendEvents(response);
  } else {
    const item = path.startsWith('/items/') ? items.get(path.slice('/items/'.length)) : undefined;
    if (item === undefined) sendJson(response, 404, { error: 'there is nothing here' });
    else sendJson(response, 200, item);
  }
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  const body = Buffer.from(JSON.stringify(value));
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': body.length });
  response.end(body);
}

function echo(request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= maxEchoBytes) chunks.push(chunk);
  });
  request.on('end', () => {
    if (bytes > maxEchoBytes) {
      sendJson(response, 413, { error: `a body may have ${maxEchoBytes} bytes` });
      return;
    }
    response.writeHead(200, {
      'content-type': request.headers['content-type'] ?? 'application/octet-stream',
      'content-length': bytes,
    });
    response.end(Buffer.concat(chunks));
  });
}
