import { checkLoadAccuracy } from '../load/self-test.ts';
import { measureClock } from '../measure/clock-cost.ts';
import { readEnvironment } from '../measure/environment.ts';
import { spinningFloor, timerFloor } from '../measure/scheduling-floor.ts';
import { readSystemLimits } from '../measure/system-limits.ts';
import { formatDurationNs } from '../model/units.ts';
import { plan } from './prepare.ts';
import { run } from './run.ts';
import type { AccuracyCheck } from '../load/self-test.ts';
import type { ClockCost } from '../measure/clock-cost.ts';
import type { SchedulingFloor } from '../measure/scheduling-floor.ts';
import type { SystemLimits } from '../measure/system-limits.ts';
import type { Environment } from '../model/result.ts';

/** What this machine can measure, and whether perfkit reports known latencies as they are. */
export interface DoctorFindings {
  readonly environment: Environment;
  readonly clock: ClockCost;
  /** How late a start comes when nothing else is done: by spinning, and by timers alone. */
  readonly scheduling: { readonly spinning: SchedulingFloor; readonly timers: SchedulingFloor };
  readonly limits: SystemLimits;
  readonly checks: readonly AccuracyCheck[];
}

const floorNs = 1e9;

/** Takes about half a minute. On abort it resolves with what it found. */
export async function runDoctor(
  signal: AbortSignal,
  progress: (label: string) => void,
): Promise<DoctorFindings> {
  progress('clock and scheduling');
  const scheduling = { spinning: await spinningFloor(floorNs), timers: await timerFloor(floorNs) };
  progress('a subject of known latency');
  const bench = await checkBenchAccuracy(signal);
  progress('a server of known latency');
  const load = await checkLoadAccuracy(signal);
  return {
    environment: readEnvironment(),
    clock: measureClock(),
    scheduling,
    limits: readSystemLimits(),
    checks: [...bench, ...load],
  };
}

/** 60 % of the operations take 10 us, 36 % 100 us, 4 % 1 ms: each percentile below lies well inside one of them. */
const knownLatencies = ['10us', '100us', '1ms'].flatMap((text, index) =>
  Array<string>([60, 36, 4][index] ?? 0).fill(text),
);
const knownPercentiles = [
  { field: 'p50', expectedNs: 10e3 },
  { field: 'p95', expectedNs: 100e3 },
  { field: 'p99', expectedNs: 1e6 },
] as const;

/** The histogram's grain: three digits. */
const benchTolerance = 0.001;

async function checkBenchAccuracy(signal: AbortSignal): Promise<AccuracyCheck[]> {
  const scenario = {
    version: 1,
    kind: 'bench',
    name: 'doctor/synthetic',
    subjects: [{ name: 'known', use: 'synthetic', options: { latency: 'list', values: knownLatencies } }],
    run: { warmup: '100ms', for: '5s', rounds: 1, isolate: 'none' },
  } as const;
  const measured = await run(await plan({ file: null, scenario }), { signal });
  const series = measured.series.find((one) => one.metric === 'op_duration');
  return knownPercentiles.map(({ field, expectedNs }) => {
    const actualNs = series?.[field] ?? 0;
    return {
      name: `a subject of known latency: ${field}`,
      pass: Math.abs(actualNs - expectedNs) <= expectedNs * benchTolerance,
      detail: `expected ${formatDurationNs(expectedNs)}, got ${formatDurationNs(actualNs)}`,
    };
  });
}
