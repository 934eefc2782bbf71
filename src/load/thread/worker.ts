import { parentPort, workerData } from 'node:worker_threads';
import { startResources } from '../../measure/resources.ts';
import { PerfkitError } from '../../model/errors.ts';
import { createRedactor, secretNames } from '../../model/secrets.ts';
import { LoadEngine } from '../engine/engine.ts';
import { nodeEventLoop } from '../engine/event-loop.ts';
import { compileFlows } from '../flows/flows.ts';
import { openFeeds } from '../data/open-feeds.ts';
import { importFunctions } from '../lanes/function/import-functions.ts';
import { protocolOf } from '../protocols/index.ts';
import { createTcpTransport } from '../connections/tcp-transport.ts';
import type { MessagePort } from 'node:worker_threads';
import type { Interval } from '../../model/interval.ts';
import type { LoadCommand, LoadMessage, LoadOrder } from './messages.ts';

/** The load thread: everything that is timed happens here, everything that is shown or saved on the main thread. */
async function work({ plan, share, endpoint, userAgent }: LoadOrder, port: MessagePort): Promise<void> {
  const post = (message: LoadMessage, transfer: readonly ArrayBuffer[] = []): void =>
    port.postMessage(message, transfer);
  const origin = new URL(plan.target.origin);
  const protocol = protocolOf(plan.target);
  const gate = createWorkerGate((phase) => post({ kind: 'ready', phase }));
  const meter = startResources({ cpu: 'thread' });
  const engine = new LoadEngine({
    plan,
    share,
    gate: share.workers === 1 ? () => Promise.resolve(nodeEventLoop.now()) : gate.wait,
    flows: compileFlows(
      plan,
      protocol,
      { origin, userAgent, env: process.env },
      { feeds: openFeeds(plan, share), functions: await importFunctions(plan) },
    ),
    endpoint,
    env: process.env,
    transport: createTcpTransport(endpoint),
    createParser: protocol.parsers(plan.limits),
    loop: nodeEventLoop,
    wallMs: Date.now,
    sampleResources: () => meter.sample(),
    redact: createRedactor(secretNames(plan), process.env),
    sink: (interval) => post({ kind: 'interval', interval }, buffersOf(interval)),
    progress: (progress) => post({ kind: 'progress', progress }),
  });
  port.on('message', (command: LoadCommand) => {
    if (command.kind === 'stop') engine.stop();
    else gate.begin(command.phase, command.atNs);
  });
  const report = await engine.run();
  meter.stop();
  post({ kind: 'report', report });
  port.close();
}

interface WorkerGate {
  readonly wait: (phase: number) => Promise<number>;
  readonly begin: (phase: number, atNs: number) => void;
}

/** Tells the main thread that a phase could start here, and waits until it can everywhere. */
function createWorkerGate(ready: (phase: number) => void): WorkerGate {
  const waiting = new Map<number, (startNs: number) => void>();
  // the threads' own clocks start with them; this one is the machine's
  const offsetNs = Number(process.hrtime.bigint()) - nodeEventLoop.now();
  return {
    wait: (phase) =>
      new Promise((resolve) => {
        waiting.set(phase, resolve);
        ready(phase);
      }),
    begin: (phase, atNs) => {
      waiting.get(phase)?.(atNs - offsetNs);
      waiting.delete(phase);
    },
  };
}

/** The encoded histograms: moved, not copied. Empty ones share one buffer and are too small to matter. */
function buffersOf(interval: Interval): ArrayBuffer[] {
  return interval.histograms
    .flatMap(({ data, censored }) => [data, censored])
    .filter((bytes) => bytes.length > 0 && bytes.length === bytes.buffer.byteLength)
    .flatMap(({ buffer }) => (buffer instanceof ArrayBuffer ? [buffer] : []));
}

if (parentPort !== null) await workOrRefuse(readOrder(workerData), parentPort);

async function workOrRefuse(order: LoadOrder, port: MessagePort): Promise<void> {
  try {
    await work(order, port);
  } catch (error) {
    if (!(error instanceof PerfkitError)) throw error;
    const message: LoadMessage = { kind: 'refused', code: error.code, message: error.message };
    port.postMessage(message);
    port.close();
  }
}

function readOrder(data: LoadOrder): LoadOrder {
  return data;
}
