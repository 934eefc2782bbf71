import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Histogram } from '../measure/histogram.ts';
import { plainStep } from '../model/plain-step.ts';
import { formatDurationNs } from '../model/units.ts';
import { exactPercentile, expectedLatencies } from './record/expected-latencies.ts';
import { runLoadThread } from './thread/load-thread.ts';
import type { LoadPlan } from '../model/plan.ts';

/** One thing that was checked against arithmetic. */
export interface AccuracyCheck {
  readonly name: string;
  readonly pass: boolean;
  /** What was expected and what was measured. */
  readonly detail: string;
}

/** A server of known behaviour and the load to put on it. */
export interface AccuracyCase {
  readonly name: string;
  readonly script: {
    readonly kind: 'timed';
    readonly warmupRequests: number;
    readonly delayNs: number;
    readonly stall: { readonly everyNs: number; readonly forNs: number } | null;
  };
  readonly ratePerSecond: number;
  readonly connections: number;
  readonly forNs: number;
  readonly percentiles: readonly { readonly metric: Clock; readonly percentile: number }[];
}

type Clock = 'response_time' | 'service_time';

/** Code that has not run often is interpreted, and a tenth of a millisecond slower: not what is to be checked. */
const warmupRequests = 5000;

/**
 * What is compared. In the stall of a second one request is sent and forty fall due behind it, so the stall must
 * show in the response time of every fifth request (p90 and p95 lie on the line down from one second) and in the
 * service time of one in two hundred, which p90 does not see: a generator that times from the send would report 5 ms
 * throughout. Few requests: each adds its loopback round trip to the wait of all behind it. At a thousand a second each request
 * of the stall has a connection of its own.
 */
export const accuracyCases: readonly AccuracyCase[] = [
  {
    name: 'a server that takes 5 ms',
    script: { kind: 'timed', warmupRequests, delayNs: 5e6, stall: null },
    ratePerSecond: 100,
    connections: 1,
    forNs: 3e9,
    percentiles: both([50, 90]),
  },
  {
    name: 'a server that takes 5 ms and stalls for 1 s every 5 s',
    script: { kind: 'timed', warmupRequests, delayNs: 5e6, stall: { everyNs: 5e9, forNs: 1e9 } },
    ratePerSecond: 40,
    connections: 1,
    forNs: 10e9,
    percentiles: [
      { metric: 'response_time', percentile: 50 },
      { metric: 'response_time', percentile: 90 },
      { metric: 'response_time', percentile: 95 },
      { metric: 'service_time', percentile: 50 },
      { metric: 'service_time', percentile: 90 },
    ],
  },
  {
    name: 'a server at 1000/s that stalls for 1 s every 5 s',
    script: { kind: 'timed', warmupRequests, delayNs: 5e6, stall: { everyNs: 5e9, forNs: 1e9 } },
    ratePerSecond: 1000,
    connections: 1100,
    forNs: 5e9,
    // every reply that the stall held back comes at its end: taking them in takes some milliseconds, those of the first
    // least
    percentiles: both([50, 95, 99]),
  },
];

/** Allowed difference: the share covers the histogram's grain, the constant a loopback round trip. */
const toleranceShare = 0.01;
const toleranceNs = 100e3;

/** Other work on the machine delays server and generator alike; a fault of ours shows every time. */
const attempts = 3;

/**
 * Run the engine against a server whose latencies are known and compare what it reports with arithmetic, to 1 % and
 * 100 us. A case that does not match is run again, up to three times, and says so. Takes about 20 seconds and two
 * cores that are otherwise quiet. Rejects when it cannot be run at all.
 */
export async function checkLoadAccuracy(signal: AbortSignal): Promise<AccuracyCheck[]> {
  const checks: AccuracyCheck[] = [];
  for (const one of accuracyCases) checks.push(...(await checkCase(one, signal)));
  return checks;
}

async function checkCase(one: AccuracyCase, signal: AbortSignal): Promise<AccuracyCheck[]> {
  let checks: AccuracyCheck[] = [];
  for (let attempt = 1; attempt <= attempts && !signal.aborted; attempt++) {
    checks = compareWithArithmetic(one, await measure(one, signal));
    if (attempt > 1)
      checks = checks.map((check) => ({
        ...check,
        detail: `${check.detail} (run ${attempt} of ${attempts})`,
      }));
    if (checks.every(({ pass }) => pass)) break;
  }
  return checks;
}

/** Percentiles that were measured, read with `valueAt(metric, percentile)` in ns. */
export interface MeasuredLatencies {
  readonly count: number;
  readonly valueAt: (metric: Clock, percentile: number) => number;
}

export function compareWithArithmetic(one: AccuracyCase, measured: MeasuredLatencies): AccuracyCheck[] {
  const gapNs = 1e9 / one.ratePerSecond;
  // rounded first: 384/s for 5 s is 1920 and not one more by the last bit
  const count = Math.ceil(Number((one.forNs / gapNs).toPrecision(12)));
  const expected = expectedLatencies({
    count,
    gapNs,
    connections: one.connections,
    replyNs: (sentNs) => replyNs(one.script, sentNs),
  });
  const values = { response_time: expected.responseNs, service_time: expected.serviceNs };
  const counted: AccuracyCheck = {
    name: `${one.name}: requests`,
    pass: measured.count === count,
    detail: `expected ${count}, got ${measured.count}`,
  };
  const compared = one.percentiles.map(({ metric, percentile }): AccuracyCheck => {
    const should = exactPercentile(values[metric], percentile);
    const is = measured.valueAt(metric, percentile);
    return {
      name: `${one.name}: ${metric} p${percentile}`,
      pass: Math.abs(is - should) <= should * toleranceShare + toleranceNs,
      detail: `expected ${formatDurationNs(should)}, got ${formatDurationNs(is)}`,
    };
  });
  return [counted, ...compared];
}

/** The scripted server's rule, written down a second time: the check must not share a mistake with the server. */
function replyNs({ delayNs, stall }: AccuracyCase['script'], sentNs: number): number {
  const due = sentNs + delayNs;
  if (stall === null) return due;
  const intoPeriod = due % stall.everyNs;
  return intoPeriod >= stall.everyNs - stall.forNs ? due - intoPeriod + stall.everyNs : due;
}

async function measure(one: AccuracyCase, signal: AbortSignal): Promise<MeasuredLatencies> {
  const server = await startServerThread(one.script);
  const clocks = {
    response_time: new Histogram({ wide: true }),
    service_time: new Histogram({ wide: true }),
  };
  try {
    await runLoadThread(
      {
        plan: planOf(one, server.port),
        share: { worker: 0, workers: 1 },
        endpoint: { address: '127.0.0.1', port: server.port, tls: null },
        userAgent: 'perfkit self-test',
      },
      {
        sink: ({ histograms, measured }) => {
          if (!measured) return;
          for (const { metric, data } of histograms) {
            if (metric === 'response_time' || metric === 'service_time') clocks[metric].addEncoded(data);
          }
        },
        progress: () => undefined,
        signal,
      },
    );
    return {
      count: clocks.response_time.count,
      valueAt: (metric, percentile) => clocks[metric].valueAt(percentile),
    };
  } finally {
    await server.stop();
  }
}

/** By URL, not by import: the server is a program of its own that happens to run in a thread. */
async function startServerThread(
  script: AccuracyCase['script'],
): Promise<{ port: number; stop: () => Promise<unknown> }> {
  const entry = new URL(`../server/scripted-server-thread${extname(import.meta.url)}`, import.meta.url);
  const worker = new Worker(entry, { workerData: script, name: 'perfkit scripted server' });
  const port = await new Promise<number>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`the scripted server ended with code ${code}`)));
  });
  return { port, stop: () => worker.terminate() };
}

function planOf({ name, ratePerSecond, connections, forNs }: AccuracyCase, port: number): LoadPlan {
  return {
    schema: 'perfkit/plan@1',
    kind: 'load',
    scenario: { name, file: null, folder: '/', tags: [], hash: '', seed: 1 },
    metrics: [],
    targets: [],
    expectedNs: forNs,
    target: { origin: `http://127.0.0.1:${port}`, builtin: null, allow: [] },
    phases: [
      {
        name: 'warm-up',
        forNs: 10e9,
        ...unlimited,
        arrivals: { model: 'closed', users: 1 },
        maxRequests: warmupRequests,
        measured: false,
        connections: 1,
      },
      {
        name: 'steady',
        forNs,
        ...unlimited,
        arrivals: { model: 'open', ratePerSecond, spacing: 'uniform' },
        measured: true,
        connections,
      },
    ],
    flows: [
      {
        name: 'request',
        kind: 'requests',
        weight: 1,
        steps: [plainStep('request')],
      },
    ],
    limits: {
      timeoutNs: 10e9,
      connectTimeoutNs: 5e9,
      maxBodyBytes: 1024,
      maxHeaderBytes: 1024,
      maxWaiting: 10_000,
      gracefulStopNs: 5e9,
      pacing: 'precise',
    },
    workers: 1,
  };
}

const unlimited = {
  flows: ['request'],
  with: null,
  maxRequests: null,
  maxFlows: null,
  maxFlowsPerUser: null,
  pacingNs: null,
};

function both(percentiles: readonly number[]): AccuracyCase['percentiles'] {
  return percentiles.flatMap((percentile) => [
    { metric: 'response_time' as const, percentile },
    { metric: 'service_time' as const, percentile },
  ]);
}
