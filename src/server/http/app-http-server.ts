import { createServer } from 'node:http';
import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Timers } from '../../components/internal/timers.ts';
import type { ServerConfig } from '../config/server-config.ts';
import type { Encoder } from './encoder.ts';
import { createDefectLog } from './defect-log.ts';
import { errorReply } from './error-reply.ts';
import { PendingBytes } from './pending-bytes.ts';
import { refuseConnection } from './refuse-connection.ts';
import { readJson } from './read-json.ts';
import { createRouter } from './router.ts';
import type { AppRequest, Route } from './route.ts';
import { headerOf, sendReply } from './send-reply.ts';

export interface HttpOptions {
  readonly routes: readonly Route[];
  readonly config: ServerConfig;
  /** null: nothing is compressed. */
  readonly encoder: Encoder | null;
  readonly now: () => number;
  readonly timers: Timers;
  readonly log: (line: string) => void;
  /** Told of each reply: the route's path (`none` for an unknown one), the status, and how long it took. */
  readonly observe: (route: string, status: number, durationMs: number) => void;
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
}

export interface AppHttpServer {
  /** Resolves to the port. Rejects when it is taken. */
  readonly open: (port: number) => Promise<number>;
  readonly connections: () => number;
  /** Connections closed because there were too many. */
  readonly dropped: () => number;
  readonly pendingBytes: () => number;
  /** Take no more connections, let requests under way end for up to `drainMs`, then close what is left. */
  readonly stop: () => Promise<void>;
}

/** HTTP over node:http, on the loopback: routes, limits, and errors as `{error, expected, got}`. */
export function createAppHttpServer(options: HttpOptions): AppHttpServer {
  const { config, routes, timers } = options;
  const find = createRouter(routes);
  const pending = new PendingBytes(config.maxPendingReplyBytes);
  let stopping = false;
  let dropped = 0;
  const sockets = new Set<Socket>();
  const server: Server = createServer(
    {
      maxHeaderSize: 16_384,
      headersTimeout: Math.min(config.headersTimeoutMs, config.requestTimeoutMs),
      requestTimeout: config.requestTimeoutMs,
      keepAliveTimeout: config.keepAliveMs,
      connectionsCheckingInterval: Math.min(1_000, config.headersTimeoutMs),
      noDelay: true,
    },
    (request, response) => {
      void answer(request, response, context);
    },
  );
  const context: AnswerContext = {
    ...options,
    find,
    pending,
    logDefect: createDefectLog(options.log, options.now),
    isStopping: () => stopping,
    closeIdle: () => server.closeIdleConnections(),
  };
  server.maxConnections = config.maxClients;
  server.maxHeadersCount = 100;
  // No byte in either direction for so long: a reader that has stopped reading.
  server.setTimeout(Math.max(config.requestTimeoutMs, config.connectionTimeoutMs + 1_000));
  server.on('drop', () => dropped++);
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('clientError', refuseConnection);
  server.on('upgrade', options.upgrade);
  return {
    async open(port) {
      server.listen({ port, host: '127.0.0.1', backlog: 4_096 });
      await once(server, 'listening');
      const address = server.address();
      return typeof address === 'object' && address !== null ? address.port : port;
    },
    connections: () => sockets.size,
    dropped: () => dropped,
    pendingBytes: () => pending.bytes,
    async stop() {
      stopping = true;
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      const timer = timers.setTimeout(() => {
        // Those of WebSockets too, which closeAllConnections does not know.
        for (const socket of sockets) socket.destroy();
      }, config.drainMs);
      await closed;
      timers.clearTimeout(timer);
    },
  };
}

interface AnswerContext extends HttpOptions {
  readonly find: ReturnType<typeof createRouter>;
  readonly pending: PendingBytes;
  readonly logDefect: (where: string, error: unknown) => void;
  readonly isStopping: () => boolean;
  readonly closeIdle: () => void;
}

/** Never rejects. */
async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  context: AnswerContext,
): Promise<void> {
  const { config, find, now, observe } = context;
  const startMs = now();
  let path = 'none';
  let status = 500;
  // A broken connection ends its own reply only.
  response.on('error', () => undefined);
  try {
    const [target = '/', search = ''] = (request.url ?? '/').split('?', 2);
    const { route, params } = find(request.method ?? '', target);
    path = route.path;
    const reply = await route.handle(appRequest(request, response, params, search, config.maxBodyBytes));
    status = reply.status;
    if (context.isStopping()) response.setHeader('connection', 'close');
    if (!response.destroyed) await sendReply(request, response, reply, context);
  } catch (error) {
    const { status: code, body, isDefect } = errorReply(error);
    // A client that has gone is no failure of ours.
    status = response.destroyed ? 499 : code;
    if (isDefect && !response.destroyed) context.logDefect(`${request.method} ${path}`, error);
    sendError(response, code, body);
  }
  // What is left of a body that nobody wanted must not be taken for the next request.
  if (!request.complete) request.resume();
  // One whose head was sent before the server was told to stop is kept alive by it.
  if (context.isStopping()) {
    if (response.writableFinished) context.closeIdle();
    else response.once('finish', context.closeIdle);
  }
  observe(path, status, now() - startMs);
}

function appRequest(
  request: IncomingMessage,
  response: ServerResponse,
  params: AppRequest['params'],
  search: string,
  maxBodyBytes: number,
): AppRequest {
  let controller: AbortController | null = null;
  return {
    params,
    query: new URLSearchParams(search),
    header: (name) => headerOf(request, name),
    json: () => readJson(request, maxBodyBytes),
    signal() {
      if (controller === null) {
        const own = new AbortController();
        controller = own;
        response.once('close', () => {
          if (!response.writableFinished) own.abort(new Error('the client has gone'));
        });
        if (response.destroyed) own.abort(new Error('the client has gone'));
      }
      return controller.signal;
    },
  };
}

function sendError(response: ServerResponse, status: number, body: object): void {
  if (response.destroyed) return;
  if (response.headersSent) {
    // Half a reply was sent: only cutting the connection tells the client that it is not whole.
    response.destroy();
    return;
  }
  const bytes = Buffer.from(JSON.stringify(body));
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': bytes.length,
    ...(status === 503 ? { 'retry-after': '1' } : {}),
    // Of a body that was refused the rest is not read.
    ...(status === 413 ? { connection: 'close' } : {}),
  });
  response.end(bytes);
}
