import { createServer } from 'node:http';
import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Timers } from '../../components/internal/timers.ts';
import type { ServerConfig } from '../config/server-config.ts';
import type { Encoder } from './encoder.ts';
import { checkHead, mostHeaderLines } from './check-head.ts';
import { createDefectLog } from './defect-log.ts';
import { errorReply } from './error-reply.ts';
import { HeldBytes } from './held-bytes.ts';
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
  /** Told of each request that failed, by method and route, with the status of its reply. */
  readonly onFailure?: (where: string, error: unknown, status: number) => void;
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
  const { config, routes, timers, now } = options;
  const find = createRouter(routes);
  const pending = new HeldBytes({ max: config.maxPendingReplyBytes, alwaysBytes: 4_096, now });
  // The server's share of memory for bodies is that for replies; one of the longest must fit.
  const mostBodyBytes = Math.max(config.maxPendingReplyBytes / 2, 2 * config.maxBodyBytes);
  const bodies = new HeldBytes({ max: mostBodyBytes, alwaysBytes: 16_384, now });
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
      // check-head.ts does, with words.
      requireHostHeader: false,
      // Whoever offers another protocol (curl --http2) goes on in this one (RFC 9110, 7.8).
      shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === 'websocket',
    },
    (request, response) => {
      void answer({ request, response, giveLeave: () => undefined }, context);
    },
  );
  // One that waits for leave to send its body gets it when the body is wanted.
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    const { shouldKeepAlive } = response;
    // Without leave it may send the body or not: what follows could be either.
    response.shouldKeepAlive = false;
    const giveLeave = (): void => {
      response.writeContinue();
      response.shouldKeepAlive = shouldKeepAlive;
    };
    void answer({ request, response, giveLeave }, context);
  });
  const context: AnswerContext = {
    ...options,
    find,
    pending,
    bodies,
    logDefect: createDefectLog(options.log, options.now),
    isStopping: () => stopping,
    closeIdle: () => server.closeIdleConnections(),
  };
  server.maxConnections = config.maxClients;
  server.maxHeadersCount = mostHeaderLines;
  // No byte in either direction for so long: a reader that has stopped reading.
  server.setTimeout(Math.max(config.requestTimeoutMs, config.connectionTimeoutMs + 1_000));
  server.on('drop', () => dropped++);
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('clientError', (error, socket) => {
    // First, and always: an optional call that is not made leaves its arguments alone.
    const status = refuseConnection(error, socket);
    options.onFailure?.('connection', error, status);
  });
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
  readonly pending: HeldBytes;
  readonly bodies: HeldBytes;
  readonly logDefect: (where: string, error: unknown) => void;
  readonly isStopping: () => boolean;
  readonly closeIdle: () => void;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Lets a client that waits for it send its body. */
  readonly giveLeave: () => void;
}

/** Never rejects. */
async function answer(exchange: Exchange, context: AnswerContext): Promise<void> {
  const { request, response } = exchange;
  const { find, now, observe } = context;
  const startMs = now();
  let path = 'none';
  let status = 500;
  // A broken connection ends its own reply only.
  response.on('error', () => undefined);
  try {
    checkHead(request, response);
    const [target = '/', search = ''] = (request.url ?? '/').split('?', 2);
    const { route, params } = find(request.method ?? '', target);
    path = route.path;
    const reply = await route.handle(appRequest(exchange, { params, search, context }));
    status = reply.status;
    if (context.isStopping()) response.setHeader('connection', 'close');
    if (!response.destroyed) await sendReply(request, response, reply, context);
  } catch (error) {
    const { status: code, body, isDefect } = errorReply(error);
    // A client that has gone is no failure of ours.
    status = response.destroyed ? 499 : code;
    context.onFailure?.(`${request.method} ${path}`, error, status);
    if (isDefect && !response.destroyed) context.logDefect(`${request.method} ${path}`, error);
    sendError(exchange, code, body);
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

interface Target {
  readonly context: AnswerContext;
  readonly params: AppRequest['params'];
  readonly search: string;
}

function appRequest(
  { request, response, giveLeave }: Exchange,
  { params, search, context: { config, bodies } }: Target,
): AppRequest {
  let controller: AbortController | null = null;
  return {
    params,
    query: new URLSearchParams(search),
    header: (name) => headerOf(request, name),
    json: () => readJson(request, { maxBytes: config.maxBodyBytes, held: bodies, onRead: giveLeave }),
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

function sendError({ request, response }: Exchange, status: number, body: object): void {
  if (response.destroyed) return;
  if (response.headersSent) {
    // Half a reply was sent: only cutting the connection tells the client that it is not whole.
    response.destroy();
    return;
  }
  const bytes = Buffer.from(JSON.stringify(body));
  // Of a body that was refused the rest is not read.
  if (status === 413 || (status === 503 && !request.complete)) response.shouldKeepAlive = false;
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': bytes.length,
    ...(status === 503 ? { 'retry-after': '1' } : {}),
  });
  response.end(bytes);
}
