import { LoadEngine } from '../../src/load/engine/engine.ts';
import { compileFlows } from '../../src/load/flows/flows.ts';
import { protocolOf } from '../../src/load/protocols/index.ts';
import { Histogram } from '../../src/measure/histogram.ts';
import { createVirtualLoop } from './virtual-loop.ts';
import { createFakeTransport } from './fake-transport.ts';
import type { FlowSupplies } from '../../src/load/flows/flows.ts';
import type { EngineReport } from '../../src/load/engine/engine.ts';
import type { EventLoop } from '../../src/load/engine/event-loop.ts';
import type { Share } from '../../src/load/arrivals/share.ts';
import type { Transport } from '../../src/load/connections/transport.ts';
import type { Interval } from '../../src/model/interval.ts';
import type { LoadPlan } from '../../src/model/plan.ts';
import type { FakeServer } from './fake-transport.ts';

export interface Outcome {
  readonly report: EngineReport;
  readonly intervals: readonly Interval[];
}

const idle = {
  wallNs: 1e9,
  cpuNs: 1e8,
  rssBytes: 1,
  heapUsedBytes: 1,
  gcNs: 0,
  gcCount: 0,
  loopUtilization: 0,
  loopDelay: { maxNs: 0, p99Ns: 0, meanNs: 0 },
};

export function createEngine(
  plan: LoadPlan,
  loop: EventLoop,
  transport: Transport,
  share: Share = { worker: 0, workers: 1 },
  startNs: (phase: number) => number = () => loop.now(),
  supplies: FlowSupplies = {},
): { engine: LoadEngine; intervals: Interval[] } {
  const intervals: Interval[] = [];
  const origin = new URL(plan.target.origin);
  const protocol = protocolOf(plan.target);
  const engine = new LoadEngine({
    plan,
    share,
    gate: (phase) => Promise.resolve(startNs(phase)),
    flows: compileFlows(plan, protocol, { origin, userAgent: 'perfkit/test', env: {} }, supplies),
    endpoint: { address: '127.0.0.1', port: 80, tls: null },
    env: {},
    transport,
    createParser: protocol.parsers(plan.limits),
    loop,
    wallMs: () => loop.now() / 1e6,
    sampleResources: () => idle,
    redact: (text) => text,
    sink: (interval) => void intervals.push(interval),
    progress: () => undefined,
  });
  return { engine, intervals };
}

/** Run a plan against a fake server on virtual time. */
export async function runVirtual(
  plan: LoadPlan,
  server: FakeServer,
  stopAtNs: number | null = null,
  share: Share = { worker: 0, workers: 1 },
  startNs?: (phase: number) => number,
  supplies: FlowSupplies = {},
): Promise<Outcome & { requests: number; connections: number; endNs: number }> {
  const loop = createVirtualLoop();
  const transport = createFakeTransport(loop, server);
  const { engine, intervals } = createEngine(plan, loop, transport, share, startNs, supplies);
  if (stopAtNs !== null) loop.after(stopAtNs, () => engine.stop());
  const report = await loop.runUntil(engine.run());
  return {
    report,
    intervals,
    requests: transport.requests(),
    connections: transport.connections(),
    endNs: loop.now(),
  };
}

export function counted(intervals: readonly Interval[], metric: string, name?: string): number {
  return intervals
    .flatMap(({ counters }) => counters)
    .filter((counter) => counter.metric === metric && (name === undefined || counter.tags['name'] === name))
    .reduce((sum, { count }) => sum + count, 0);
}

export function errorsByClass(intervals: readonly Interval[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const error of intervals.flatMap(({ errors }) => errors))
    sums[error.class] = (sums[error.class] ?? 0) + error.count;
  return sums;
}

/** Everything recorded for a metric, successes or censored. */
export function collected(
  intervals: readonly Interval[],
  metric: string,
  which: 'data' | 'censored' = 'data',
  name?: string,
): Histogram {
  const sum = new Histogram({ wide: true });
  for (const slice of intervals.flatMap(({ histograms }) => histograms)) {
    if (slice.metric === metric && (name === undefined || slice.tags['name'] === name))
      sum.addEncoded(slice[which]);
  }
  return sum;
}
