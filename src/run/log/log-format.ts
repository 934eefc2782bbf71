import type { Tags } from '../../model/interval.ts';
import type { MetricDefinition } from '../../model/metrics.ts';
import type { TargetPlan } from '../../model/plan.ts';
import type { RunEnd, RunHeader } from '../measured.ts';

/**
 * The log of a run (`.hlog`): HdrHistogram's log format 1.3, so that its own tools read the histograms, with
 * everything else in comment lines `#[perfkit {...}]`, one JSON record each:
 *
 *     #[perfkit {"run":{...}}]            first: what is known when the run starts
 *     #[perfkit {"series":{"id":0,...}}]  names a series before its first use; ids count up from 0
 *     Tag=...,start,length,max,HISTF...   the histograms of an interval
 *     #[perfkit {"interval":{...}}]       completes the interval, referring to series by id
 *     #[perfkit {"end":{...}}]            last: how the run ended; missing when it was killed
 *
 * A line is complete or torn off at the end of the file, and an interval counts when its record is there.
 */
export const logFormat = 'perfkit/log@1';
export const recordStart = '#[perfkit ';
export const recordEnd = ']';
/** Ending of a tag: its histogram holds censored samples. */
export const censoredEnd = ';censored';

export type LogRecord =
  | { readonly run: LogHeader }
  | { readonly series: LogSeries }
  | { readonly interval: LogInterval }
  | { readonly end: RunEnd };

export interface LogHeader extends RunHeader {
  readonly log: typeof logFormat;
  /** When the command started that this run is part of (ISO 8601, UTC): logs of one command belong together. */
  readonly command: string;
  /** As written: they are resolved again from `scenario.metrics`. */
  readonly targets: readonly Pick<TargetPlan, 'id' | 'expr' | 'source' | 'severity' | 'line'>[];
}

export interface LogSeries {
  readonly id: number;
  readonly metric: string;
  readonly tags: Tags;
  readonly note?: string | undefined;
  /** The `Tag=` of a histogram's lines; absent for a counter or gauge. */
  readonly label?: string | undefined;
}

export interface LogInterval {
  readonly startNs: number;
  readonly durationNs: number;
  readonly tags: Tags;
  readonly measured: boolean;
  /** Series id, and which lines came before: 1 for successes, 2 for censored samples, 3 for both in this order. */
  readonly histograms: readonly (readonly [id: number, lines: number])[];
  readonly counters: readonly (readonly [id: number, count: number, of: number])[];
  readonly gauges: readonly (readonly [id: number, value: number])[];
  readonly errors: readonly (readonly [name: string, tags: Tags, count: number, example: string])[];
  readonly metrics?: readonly MetricDefinition[] | undefined;
}

export const successLine = 1;
export const censoredLine = 2;
