import { parentPort, workerData } from 'node:worker_threads';
import { startResources } from '../../measure/resources.ts';
import { createRedactor, secretNames } from '../../model/secrets.ts';
import { LoadEngine } from '../engine/engine.ts';
import { nodeEventLoop } from '../engine/event-loop.ts';
import { compileFlows } from '../flows/flows.ts';
import { stopMessage } from './messages.ts';
import { protocolOf } from '../protocols/index.ts';
import { createTcpTransport } from '../connections/tcp-transport.ts';
import type { MessagePort } from 'node:worker_threads';
import type { Interval } from '../../model/interval.ts';
import type { LoadMessage, LoadOrder } from './messages.ts';

/** The load thread: everything that is timed happens here, everything that is shown or saved on the main thread. */
async function work({ plan, endpoint, userAgent }: LoadOrder, port: MessagePort): Promise<void> {
  const post = (message: LoadMessage, transfer: readonly ArrayBuffer[] = []): void =>
    port.postMessage(message, transfer);
  const origin = new URL(plan.target.origin);
  const protocol = protocolOf(origin);
  const meter = startResources({ cpu: 'thread' });
  const engine = new LoadEngine({
    plan,
    flows: compileFlows(plan, protocol, { origin, userAgent, env: process.env }),
    transport: createTcpTransport(endpoint),
    createParser: protocol.parsers(plan.limits),
    loop: nodeEventLoop,
    wallMs: Date.now,
    sampleResources: () => meter.sample(),
    redact: createRedactor(secretNames(plan), process.env),
    sink: (interval) => post({ kind: 'interval', interval }, buffersOf(interval)),
    progress: (progress) => post({ kind: 'progress', progress }),
  });
  port.on('message', (message) => {
    if (message === stopMessage) engine.stop();
  });
  const report = await engine.run();
  meter.stop();
  post({ kind: 'report', report });
  port.close();
}

/** The encoded histograms: moved, not copied. Empty ones share one buffer and are too small to matter. */
function buffersOf(interval: Interval): ArrayBuffer[] {
  return interval.histograms
    .flatMap(({ data, censored }) => [data, censored])
    .filter((bytes) => bytes.length > 0 && bytes.length === bytes.buffer.byteLength)
    .flatMap(({ buffer }) => (buffer instanceof ArrayBuffer ? [buffer] : []));
}

if (parentPort !== null) await work(readOrder(workerData), parentPort);

function readOrder(data: LoadOrder): LoadOrder {
  return data;
}
