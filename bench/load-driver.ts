import { Distribution } from '../src/measure/distribution.ts';
import { runLoad } from '../src/run/load.ts';
import type { LoadPlan, LoadTarget, PhasePlan } from '../src/model/plan.ts';

/** One load with perfkit's whole engine (thread, main thread and all); prints what load-peers.ts compares, as JSON. */
export async function drive(order: {
  url: string;
  model: string;
  connections: number;
  ratePerSecond?: number;
  seconds: number;
  target?: Partial<LoadTarget>;
}): Promise<void> {
  const clocks = new Map<string, Distribution>();
  const rss: number[] = [];
  const sums = { ok: 0, ns: 0, errors: 0, gcCount: 0, gcNs: 0 };
  await runLoad(planOf(order), {
    signal: new AbortController().signal,
    progress: () => undefined,
    sink: ({ measured, histograms, counters, gauges }) => {
      if (!measured) return;
      for (const slice of histograms) {
        const clock = clocks.get(slice.metric) ?? new Distribution();
        clocks.set(slice.metric, clock);
        clock.addSlice(slice);
      }
      for (const { metric, count, of } of counters) {
        if (metric === 'errors') sums.errors += count;
        if (metric === 'gc_count') sums.gcCount += count;
        if (metric === 'gc_time') sums.gcNs += count;
        if (metric !== 'throughput') continue;
        sums.ok += count;
        sums.ns += of;
      }
      for (const { metric, value } of gauges) if (metric === 'rss') rss.push(value);
    },
  });
  const percentiles = Array.from(clocks, ([name, clock]) => [
    name,
    { p50Ns: clock.valueAt(50).value, p99Ns: clock.valueAt(99).value },
  ]);
  console.log(
    JSON.stringify({
      requestsPerSecond: (sums.ok / sums.ns) * 1e9,
      clocks: Object.fromEntries(percentiles),
      rssBytes: rss.at(-1) ?? 0,
      rssEachSecond: rss,
      errors: sums.errors,
      gcCount: sums.gcCount,
      gcNs: sums.gcNs,
    }),
  );
}

function planOf({
  url,
  model,
  connections,
  ratePerSecond = 0,
  seconds,
  target = {},
}: Parameters<typeof drive>[0]): LoadPlan {
  const { origin, pathname } = new URL(url);
  const arrivals: PhasePlan['arrivals'] =
    model === 'closed'
      ? { model: 'closed', users: connections }
      : { model: 'open', ratePerSecond, spacing: 'uniform' };
  const phase = {
    arrivals,
    flows: ['get'],
    with: null,
    maxRequests: null,
    maxFlows: null,
    maxFlowsPerUser: null,
    pacingNs: null,
    connections,
  };
  return {
    schema: 'perfkit/plan@1',
    kind: 'load',
    scenario: { name: 'peers', file: null, folder: '/', tags: [], hash: '', seed: 1 },
    metrics: [],
    targets: [],
    expectedNs: (seconds + 1) * 1e9,
    target: { origin, builtin: null, allow: [], ...target },
    // the other generators have no warm-up either, but run native code or count it in: half a second of ours is little
    phases: [
      { ...phase, name: 'warm-up', forNs: 0.5e9, measured: false },
      { ...phase, name: 'steady', forNs: seconds * 1e9, measured: true },
    ],
    flows: [
      {
        name: 'get',
        kind: 'requests',
        weight: 1,
        steps: [
          {
            name: 'get',
            method: 'GET',
            path: pathname,
            headers: [],
            body: null,
            bodyFormat: 'text',
            expectStatus: [],
            think: null,
          },
        ],
      },
    ],
    limits: {
      timeoutNs: 10e9,
      connectTimeoutNs: 5e9,
      maxBodyBytes: 1e6,
      maxHeaderBytes: 16_384,
      maxWaiting: 10_000,
      gracefulStopNs: 1e9,
      pacing: 'precise',
    },
    workers: 1,
  };
}

const orderAt = process.argv.indexOf('--drive') + 1;
if (import.meta.main && orderAt > 0) await drive(JSON.parse(process.argv[orderAt] ?? '{}'));
