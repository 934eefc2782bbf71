import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createTcpTransport } from '../../../src/load/connections/tcp-transport.ts';
import { nodeEventLoop } from '../../../src/load/engine/event-loop.ts';
import { limits, loadPlan, phase } from '../plans.ts';
import { counted, createEngine, errorsByClass } from '../run-engine.ts';
import type { Socket } from 'node:net';
import type { TlsEndpoint } from '../../../src/load/connections/tls-endpoint.ts';
import type { LoadLimits, LoadTarget } from '../../../src/model/plan.ts';

export interface FaultyServer {
  readonly port: number;
  readonly close: () => Promise<void>;
}

/** A server on loopback that does to each connection what the script says. */
export async function startFaulty(script: (socket: Socket) => void): Promise<FaultyServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
    script(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

export interface FaultyOptions {
  readonly target?: Partial<LoadTarget>;
  readonly limits?: Partial<LoadLimits>;
  readonly users?: number;
  readonly requests?: number;
  readonly tls?: TlsEndpoint | null;
  /** The fault is that the server takes too long: wait a quarter of a second, not twenty. */
  readonly hasty?: boolean;
}

/** What a server does, and how operations may end then. */
export interface Fault extends Pick<FaultyOptions, 'hasty' | 'limits'> {
  readonly script: (socket: Socket) => void;
  /** What a failure may be; beside it only `pipelined` may occur, in a pipeline. */
  readonly classes: readonly string[];
  /** Some requests succeed. */
  readonly succeeds?: boolean;
}

/** A machine that is busy, or a process that is paused, is no fault of the server. */
const patientLimits = { timeoutNs: 20e9, connectTimeoutNs: 20e9, gracefulStopNs: 20e9 };
const hastyLimits = { ...patientLimits, timeoutNs: 250e6, gracefulStopNs: 200e6 };

export interface FaultyOutcome {
  readonly ok: number;
  /** Failures by class. */
  readonly errors: Readonly<Record<string, number>>;
  readonly examples: readonly string[];
}

/** Load a port with a few requests, and see that the sums add up. */
export async function loadPort(
  port: number,
  {
    target = {},
    limits: changed = {},
    users = 4,
    requests = 12,
    tls = null,
    hasty = false,
  }: FaultyOptions = {},
): Promise<FaultyOutcome> {
  const plan = loadPlan({
    target: {
      origin: `${tls === null ? 'http' : 'https'}://127.0.0.1:${port}`,
      builtin: null,
      allow: [],
      ...target,
    },
    phases: [
      phase({
        forNs: hasty ? 1.2e9 : 60e9,
        arrivals: { model: 'closed', users },
        maxRequests: requests,
        connections: users,
      }),
    ],
    limits: { ...limits, ...(hasty ? hastyLimits : patientLimits), ...changed },
  });
  const transport = createTcpTransport({ address: '127.0.0.1', port, tls });
  const { engine, intervals } = createEngine(plan, nodeEventLoop, transport);
  const report = await engine.run();
  const totals = report.evidence.phases[0]?.totals;
  assert.ok(totals !== undefined);
  assert.equal(totals.arrivals, totals.ok + totals.errors + totals.dropped + totals.cut);
  const errors = errorsByClass(intervals);
  assert.equal(
    Object.values(errors).reduce((sum, count) => sum + count, 0),
    totals.errors + totals.cut,
  );
  assert.equal(counted(intervals, 'throughput'), totals.ok);
  const examples = intervals.flatMap((interval) => interval.errors.map(({ example }) => example));
  return { ok: totals.ok, errors, examples };
}

/** Load the scripted server. */
export async function against(
  script: (socket: Socket) => void,
  options: FaultyOptions = {},
): Promise<FaultyOutcome> {
  const server = await startFaulty(script);
  try {
    return await loadPort(server.port, options);
  } finally {
    await server.close();
  }
}

/** Do it once for each request that comes, however the bytes are cut (the requests have no bodies). */
export function onRequest(act: (socket: Socket, nth: number) => void): (socket: Socket) => void {
  return (socket) => {
    let text = '';
    let nth = 0;
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      for (let end = text.indexOf('\r\n\r\n'); end >= 0; end = text.indexOf('\r\n\r\n')) {
        text = text.slice(end + 4);
        act(socket, ++nth);
      }
    });
  };
}

/** Write without end, as fast as it is read. */
export function pour(socket: Socket, text: string, encoding: BufferEncoding = 'utf8'): void {
  const more = (): void => {
    while (!socket.destroyed && socket.write(text, encoding));
  };
  socket.on('drain', more);
  more();
}
