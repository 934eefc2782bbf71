import { once } from 'node:events';
import { Agent, createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { ServerConfig } from '../config/server-config.ts';
import { refuseConnection } from '../http/refuse-connection.ts';
import type { Ports } from '../ports.ts';
import type { Backend } from './backend.ts';
import { balancerMetrics } from './balancer-metrics.ts';
import type { BalancerState } from './balancer-state.ts';
import { createChooser } from './choose-backend.ts';
import { startHealthChecks } from './health-checks.ts';
import { mergeMetrics } from './merge-metrics.ts';
import { proxyRequest } from './proxy-request.ts';
import { proxyUpgrade } from './proxy-upgrade.ts';
import { readMetrics } from './read-metrics.ts';

/** One address before several instances, on the loopback. It keeps no queue: what no instance can take is refused. */
export interface Balancer {
  /** An instance that is ready for requests. */
  readonly add: (id: number, port: number) => void;
  /** An instance that has ended: what it had under way is broken off. */
  readonly remove: (id: number) => void;
  /** Resolves to the port. Rejects when it is taken. */
  readonly open: (port: number) => Promise<number>;
  /** Take no more connections, and resolve when no request is under way, after `drainMs` at the latest. */
  readonly drain: () => Promise<void>;
  /** Close what is left. */
  readonly close: () => Promise<void>;
}

type BalancerConfig = Pick<
  ServerConfig,
  | 'balance'
  | 'maxClients'
  | 'headersTimeoutMs'
  | 'requestTimeoutMs'
  | 'connectionTimeoutMs'
  | 'keepAliveMs'
  | 'drainMs'
>;

export interface BalancerPorts extends Pick<Ports, 'timers' | 'log'> {
  /** Instances started again so far. */
  readonly restarts: () => number;
}

export function createBalancer(config: BalancerConfig, { timers, log, restarts }: BalancerPorts): Balancer {
  // An instance has the same limit on connections, and the health checks need one.
  const mostInFlight = Math.max(1, config.maxClients - 2);
  const state: BalancerState = {
    backends: [],
    choose: createChooser(config.balance === 'round-robin' ? 'round-robin' : 'least-loaded', mostInFlight),
    // Longer than an instance itself waits for anything.
    timeoutMs: Math.max(config.requestTimeoutMs, config.connectionTimeoutMs) + 5_000,
    counts: { retries: 0, refused: 0 },
    isStopping: false,
  };
  const health = startHealthChecks(state.backends, {
    timers,
    onChange(backend) {
      log(
        `instance ${backend.id} ${backend.isUp ? 'answers again' : 'does not answer: it gets no requests'}`,
      );
      // What could be answered by another one must not wait for this one.
      if (!backend.isUp) breakOff(backend);
    },
  });
  const { server, sockets } = createFront(config, (request, response) => {
    const path = (request.url ?? '').split('?', 1)[0];
    if (request.method === 'GET' && path === '/metrics') void sendMetrics(response, state, restarts);
    else if (request.method === 'GET' && path === '/health') sendHealth(response, state);
    else proxyRequest(request, response, state);
    if (state.isStopping) response.once('finish', () => server.closeIdleConnections());
  });
  server.on('upgrade', (request: IncomingMessage, socket, head) =>
    proxyUpgrade(request, socket, head, state),
  );
  const closed = new Promise<void>((resolve) => void server.once('close', () => resolve()));
  return {
    add(id, port) {
      state.backends.push(createBackend(id, port));
      state.backends.sort((a, b) => a.id - b.id);
    },
    remove(id) {
      const at = state.backends.findIndex((one) => one.id === id);
      const [gone] = at < 0 ? [] : state.backends.splice(at, 1);
      if (gone === undefined) return;
      gone.isUp = false;
      breakOff(gone);
      gone.agent.destroy();
    },
    async open(port) {
      server.listen({ port, host: '127.0.0.1', backlog: 4_096 });
      await once(server, 'listening');
      const address = server.address();
      return typeof address === 'object' && address !== null ? address.port : port;
    },
    async drain() {
      state.isStopping = true;
      if (!server.listening) return;
      server.close();
      await untilIdle(state, config.drainMs, timers);
    },
    async close() {
      health.stop();
      for (const { agent } of state.backends) agent.destroy();
      const wasOpen = server.listening || state.isStopping;
      if (server.listening) server.close();
      for (const socket of sockets) socket.destroy();
      if (wasOpen) await closed;
    },
  };
}

interface Front {
  readonly server: Server;
  /** Those of WebSockets too. */
  readonly sockets: ReadonlySet<Socket>;
}

/** node:http's parser is strict: a request whose end can be read in two ways is refused, so none can hide in another. */
function createFront(
  config: BalancerConfig,
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Front {
  const server = createServer(
    {
      // Less than an instance takes: what it is sent has a header more.
      maxHeaderSize: 15_872,
      headersTimeout: Math.min(config.headersTimeoutMs, config.requestTimeoutMs),
      requestTimeout: config.requestTimeoutMs,
      keepAliveTimeout: config.keepAliveMs,
      connectionsCheckingInterval: Math.min(1_000, config.headersTimeoutMs),
      noDelay: true,
      insecureHTTPParser: false,
    },
    answer,
  );
  server.maxConnections = config.maxClients;
  server.maxHeadersCount = 96;
  server.setTimeout(Math.max(config.requestTimeoutMs, config.connectionTimeoutMs) + 10_000);
  server.on('clientError', refuseConnection);
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return { server, sockets };
}

function createBackend(id: number, port: number): Backend {
  return {
    id,
    port,
    agent: new Agent({ keepAlive: true, maxFreeSockets: 1_024 }),
    underWay: new Set(),
    isUp: true,
    inFlight: 0,
    sockets: 0,
    requests: 0,
    failures: 0,
  };
}

function breakOff({ underWay }: Backend): void {
  for (const one of underWay) one.destroy(new Error('the instance has ended or does not answer'));
}

async function untilIdle(
  { backends }: BalancerState,
  drainMs: number,
  timers: Ports['timers'],
): Promise<void> {
  const stepMs = 20;
  for (let waitedMs = 0; waitedMs < drainMs; waitedMs += stepMs) {
    if (backends.every(({ inFlight }) => inFlight === 0)) return;
    await new Promise<void>((resolve) => void timers.setTimeout(resolve, stepMs));
  }
}

function sendHealth(response: ServerResponse, { backends, isStopping }: BalancerState): void {
  const up = backends.filter(({ isUp }) => isUp).length;
  const status = isStopping ? 'stopping' : up > 0 ? 'ok' : 'no instance answers';
  const bytes = Buffer.from(JSON.stringify({ status, instances: backends.length, up }));
  response.writeHead(status === 'ok' ? 200 : 503, {
    'content-type': 'application/json',
    'content-length': bytes.length,
  });
  response.end(bytes);
}

async function sendMetrics(
  response: ServerResponse,
  state: BalancerState,
  restarts: () => number,
): Promise<void> {
  const pages = await Promise.all(
    state.backends.map(async (one) => ({ instance: String(one.id), text: (await readMetrics(one)) ?? '' })),
  );
  const bytes = Buffer.from(mergeMetrics(pages) + balancerMetrics(state, restarts));
  if (response.destroyed) return;
  response.writeHead(200, {
    'content-type': 'text/plain; version=0.0.4; charset=utf-8',
    'content-length': bytes.length,
  });
  response.end(bytes);
}
