import { createRunLog } from '../../../src/run/log/run-log.ts';
import { describeRun } from '../../../src/run/measured.ts';
import { metricCatalogue } from '../../../src/model/metrics.ts';
import { encode, interval, measured, range } from '../../helpers/results.ts';
import type { Interval } from '../../../src/model/interval.ts';
import type { BenchPlan, Plan, TargetPlan } from '../../../src/model/plan.ts';
import type { LogHandle } from '../../../src/run/log/log-file.ts';
import type { RunEnd, RunHeader } from '../../../src/run/measured.ts';

/** Builders for runs and their logs: each test says only what matters to it. */

const bench: BenchPlan = {
  schema: 'perfkit/plan@1',
  kind: 'bench',
  scenario: { name: 'example', file: null, folder: '/', tags: ['quick'], hash: '0123456789abcdef', seed: 3 },
  metrics: metricCatalogue.load,
  targets: [],
  expectedNs: 10e9,
  subjects: [{ name: 'b', use: { kind: 'driver', driver: 'noop' }, options: {} }],
  workload: { keys: 1, distribution: { kind: 'uniform' }, mix: {}, valueBytes: 1 },
  run: { warmupNs: 1, forNs: 1, rounds: 1, isolate: 'none', concurrency: [1], arrivals: 'closed' },
  reference: null,
};

/** A plan whose metrics are those of a load. */
export function planWith(targets: readonly TargetPlan[] = []): Plan {
  return { ...bench, targets };
}

export function headerOf(plan: Plan): RunHeader {
  return describeRun(plan, measured([]).environment, new Date('2026-01-02T03:04:05.678Z'));
}

export const completeEnd: RunEnd = {
  durationNs: 4e9,
  complete: true,
  validity: { state: 'suspect', reasons: ['the machine was busy'] },
};

/** A second of a load with something of everything. */
export function second(index: number, more: Partial<Interval> = {}): Interval {
  const tags = { name: 'list, "all" \u2028 \u00e9' };
  return interval({
    startNs: index * 1e9 + 0.25,
    tags: { phase: index === 0 ? 'warm up' : 'steady' },
    measured: index > 0,
    histograms: [
      {
        metric: 'response_time',
        tags,
        data: encode(range(50, (at) => (index + 1) * 1e5 + at * 1e4)),
        censored: encode(index === 2 ? [5e9] : []),
        note: 'as it was sent',
      },
      { metric: 'service_time', tags, data: encode([]), censored: encode([]) },
    ],
    counters: [
      { metric: 'throughput', tags, count: 50, of: 1e9 },
      { metric: 'errors', tags, count: 2, of: 52 },
    ],
    gauges: [{ metric: 'cpu', tags: {}, value: 1 / 3 }],
    errors: [{ class: 'timeout', tags, count: 2, example: 'no reply\r\nwithin 1s\u0085' }],
    ...more,
  });
}

/** Keeps what would be in the file. */
export class MemoryHandle implements LogHandle {
  text = '';
  synced = 0;
  closed = false;

  appendFile(text: string): Promise<void> {
    this.text += text;
    return Promise.resolve();
  }

  datasync(): Promise<void> {
    this.synced += 1;
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }
}

/** The text of a run's log; without an end, that of a run that was killed. */
export async function logText(
  intervals: readonly Interval[],
  {
    plan = planWith(),
    end,
    command = '2026-01-02T03:04:05.000Z',
    started,
    redact = (text) => text,
  }: LogOptions = {},
): Promise<string> {
  const handle = new MemoryHandle();
  const failed = (error: Error): void => {
    throw error;
  };
  const options = { file: 'memory', command, failed, open: () => Promise.resolve(handle) };
  const header = { ...headerOf(plan), ...(started !== undefined && { started }) };
  const log = createRunLog(plan, header, options, redact);
  for (const one of intervals) log.add(one);
  if (end !== undefined) log.end(end);
  await log.close();
  return handle.text;
}

interface LogOptions {
  readonly plan?: Plan;
  readonly end?: RunEnd;
  readonly command?: string;
  readonly started?: string;
  readonly redact?: (text: string) => string;
}
