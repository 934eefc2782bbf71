import { medianOf } from '../../measure/statistics/median.ts';
import type { PairedLook, PairedOutcome, PairedSettings } from '../../model/paired.ts';
import type { Environment } from '../../model/result.ts';
import { binomialInterval } from './binomial-interval.ts';
import { injections } from './self-test-record.ts';
import type { SelfTestRecord } from './self-test-record.ts';

/** What a self-test of the gate has found: the document that `perfkit gate --self-test --json` prints. */
export interface SelfTestResult extends SelfTestHeader {
  readonly schema: 'perfkit/gate-self-test@1';
  /** Over all scenarios, by how much was injected. */
  readonly rates: readonly SelfTestRate[];
  readonly byScenario: readonly { readonly scenario: string; readonly rates: readonly SelfTestRate[] }[];
  /** Median, over the comparisons without injection, of the smallest slow-down that would have been found. */
  readonly detectable: number | null;
  /** More false alarms than the settings allow, by more than chance. */
  readonly tooManyFalseAlarms: boolean;
  readonly notes: readonly string[];
  readonly records: readonly SelfTestRecord[];
}

export interface SelfTestHeader {
  readonly perfkit: string;
  readonly environment: Environment;
  /** ISO 8601, UTC. */
  readonly started: string;
  readonly durationNs: number;
  readonly complete: boolean;
  readonly comparisons: number;
  readonly settings: PairedSettings;
  readonly looks: readonly PairedLook[];
  readonly scenarios: readonly {
    readonly name: string;
    readonly hash: string;
    readonly warmupNs: number;
    readonly forNs: number;
  }[];
}

export interface SelfTestRate {
  readonly injected: number;
  readonly comparisons: number;
  /** Share that failed: false alarms where nothing was injected, else the power. */
  readonly failed: number;
  /** 95 %, Clopper and Pearson. */
  readonly interval: readonly [number, number];
  readonly outcomes: Readonly<Record<PairedOutcome, number>>;
  readonly medianPairs: number | null;
  /** Median of what was seen. */
  readonly seen: number | null;
}

export function summarise(records: readonly SelfTestRecord[], header: SelfTestHeader): SelfTestResult {
  const ordered = records.toSorted((a, b) => a.bout - b.bout || a.injected - b.injected);
  const rates = ratesOf(ordered);
  const names = [...new Set(header.scenarios.map(({ name }) => name))];
  const unchanged = ordered.filter(({ injected }) => injected === 0);
  return {
    schema: 'perfkit/gate-self-test@1',
    ...header,
    rates,
    byScenario: names.map((scenario) => ({
      scenario,
      rates: ratesOf(ordered.filter((record) => record.scenario === scenario)),
    })),
    detectable: median(unchanged.map(({ detectable }) => detectable)),
    tooManyFalseAlarms: (rates[0]?.interval[0] ?? 0) > header.settings.falseAlarm,
    notes,
    records: ordered,
  };
}

const notes = [
  'the comparisons of a bout share their controls, so they are not independent of each other; those of different bouts are',
  'a slow-down is a busy wait before every operation, sized in each process by how fast calls follow each other at the end of its warm-up; the unchanged sides go through the same motions, which take some 30 ns a call',
  'an operation that gets faster after its warm-up is slowed down by more than was asked for: see what was seen',
];

function ratesOf(records: readonly SelfTestRecord[]): SelfTestRate[] {
  return injections.map((injected) => {
    const own = records.filter((record) => record.injected === injected);
    const count = (outcome: PairedOutcome): number => own.filter((one) => one.outcome === outcome).length;
    const failed = count('fail');
    return {
      injected,
      comparisons: own.length,
      failed: own.length === 0 ? 0 : failed / own.length,
      interval: binomialInterval(failed, own.length),
      outcomes: {
        pass: count('pass'),
        fail: failed,
        inconclusive: count('inconclusive'),
        'no data': count('no data'),
        unfit: count('unfit'),
      },
      medianPairs: median(own.map(({ pairs }) => pairs)),
      seen: median(own.map(({ seen }) => seen)),
    };
  });
}

function median(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null).toSorted((a, b) => a - b);
  return known.length === 0 ? null : medianOf(known);
}
