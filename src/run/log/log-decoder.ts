import { decompressEncoded } from '../../measure/histogram-encoding.ts';
import { PerfkitError, messageOf } from '../../model/errors.ts';
import { recordSchema } from './log-schema.ts';
import { censoredEnd, censoredLine, recordEnd, recordStart, successLine } from './log-format.ts';
import type { HistogramSlice, Interval } from '../../model/interval.ts';
import type { RunEnd } from '../measured.ts';
import type { LogHeader, LogInterval, LogSeries } from './log-format.ts';

/** What a log says, as it is read. */
export interface LogEvents {
  readonly run: (header: LogHeader) => void;
  readonly interval: (interval: Interval) => void;
  readonly end: (end: RunEnd) => void;
}

/** More named series than a run can make, in any number of scenarios. */
const maxSeries = 20_000;
/** Of one interval, unpacked: real ones have a few kilobytes for a histogram. */
const maxIntervalBytes = 64 * 1024 * 1024;

/**
 * Undoes LogEncoder, line by line. Histograms wait until their interval's record comes. Throws PerfkitError (without
 * the place) on a line that no log has.
 */
export class LogDecoder {
  readonly #events: LogEvents;
  readonly #series: LogSeries[] = [];
  #waiting: { readonly label: string; readonly data: Uint8Array }[] = [];
  #waitingBytes = 0;
  #begun = false;
  #ended = false;

  constructor(events: LogEvents) {
    this.#events = events;
  }

  line(text: string): void {
    if (text.startsWith(recordStart)) this.#record(text);
    else if (text.startsWith('#') || text.startsWith('"') || text.trim() === '') return;
    else this.#histogram(text);
  }

  #record(text: string): void {
    if (!text.endsWith(recordEnd)) throw unexpected('a record that ends with "]"', text);
    let json: unknown;
    try {
      json = JSON.parse(text.slice(recordStart.length, -recordEnd.length));
    } catch (error) {
      throw new PerfkitError('result', `expected JSON in the record: ${messageOf(error)}`, { cause: error });
    }
    const parsed = recordSchema.safeParse(json);
    if (!parsed.success) throw unexpected('a record of a perfkit log (run, series, interval or end)', text);
    const { data } = parsed;
    if (this.#ended) throw unexpected('nothing after the record of the end', text);
    if ('run' in data) {
      if (this.#begun) throw unexpected('one record of the run, at the start', text);
      this.#begun = true;
      this.#events.run(data.run);
      return;
    }
    if (!this.#begun) throw unexpected('the record of the run first', text);
    if ('series' in data) this.#name(data.series);
    else if ('interval' in data) this.#events.interval(this.#complete(data.interval));
    else {
      this.#ended = true;
      this.#events.end(data.end);
    }
  }

  #name(series: LogSeries): void {
    if (series.id !== this.#series.length || series.id >= maxSeries)
      throw new PerfkitError(
        'result',
        `expected series ${this.#series.length} of at most ${maxSeries} to be named next, got ${series.id}`,
      );
    this.#series.push(series);
  }

  #histogram(text: string): void {
    const fields = text.split(',');
    const [tag, , , , histogram] = fields;
    if (fields.length !== 5 || tag === undefined || !tag.startsWith('Tag=') || histogram === undefined)
      throw unexpected('"Tag=...,start,length,max,histogram"', text);
    const data = decompressEncoded(histogram);
    this.#waitingBytes += data.length;
    if (this.#waitingBytes > maxIntervalBytes)
      throw new PerfkitError(
        'result',
        `the histograms of one interval take more than ${maxIntervalBytes} bytes`,
      );
    this.#waiting.push({ label: tag.slice('Tag='.length), data });
  }

  #complete(told: LogInterval): Interval {
    const waiting = this.#waiting.values();
    const next = (label: string): Uint8Array => {
      const { value } = waiting.next();
      if (value?.label === label) return value.data;
      throw new PerfkitError(
        'result',
        `expected the interval's histogram "${label.slice(0, 100)}" before its record, got ${value === undefined ? 'none' : `"${value.label.slice(0, 100)}"`}`,
      );
    };
    const histograms = told.histograms.map(([id, lines]): HistogramSlice => {
      const { metric, tags, note, label = '' } = this.#named(id);
      const data = (lines & successLine) === 0 ? none : next(label);
      const censored = (lines & censoredLine) === 0 ? none : next(`${label}${censoredEnd}`);
      return { metric, tags, data, censored, ...(note !== undefined && { note }) };
    });
    if (waiting.next().done !== true)
      throw new PerfkitError('result', 'more histograms came than the interval has');
    this.#waiting = [];
    this.#waitingBytes = 0;
    const { startNs, durationNs, tags, measured, metrics } = told;
    return {
      ...(metrics !== undefined && { metrics }),
      startNs,
      durationNs,
      tags,
      measured,
      histograms,
      counters: told.counters.map(([id, count, of]) => ({ ...this.#plain(id), count, of })),
      gauges: told.gauges.map(([id, value]) => ({ ...this.#plain(id), value })),
      errors: told.errors.map(([name, errorTags, count, example]) => ({
        class: name,
        tags: errorTags,
        count,
        example,
      })),
    };
  }

  #plain(id: number): Pick<LogSeries, 'metric' | 'tags'> {
    const { metric, tags } = this.#named(id);
    return { metric, tags };
  }

  #named(id: number): LogSeries {
    const series = this.#series[id];
    if (series !== undefined) return series;
    throw new PerfkitError('result', `expected a series that was named before, got number ${id}`);
  }
}

const none = new Uint8Array(0);

function unexpected(what: string, text: string): PerfkitError {
  const start = text.slice(0, 80).replace(/[\p{Cc}\p{Cf}]+/gu, ' ');
  return new PerfkitError('result', `expected ${what}, got ${JSON.stringify(start)}`);
}
