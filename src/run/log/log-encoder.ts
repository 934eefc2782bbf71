import { compressEncoded, maxOfEncoded } from '../../measure/histogram-encoding.ts';
import { seriesTags } from '../totals.ts';
import { censoredEnd, censoredLine, recordEnd, recordStart, successLine } from './log-format.ts';
import type { HistogramSlice, Interval, Tags } from '../../model/interval.ts';
import type { RunEnd } from '../measured.ts';
import type { LogHeader, LogInterval, LogRecord, LogSeries } from './log-format.ts';

/** A run that makes up ever new tags must not fill the memory: what comes after is told as `name: other`. */
const maxSeries = 10_000;

/** Turns a run into the text of its log, piece by piece (log-format.ts). Holds which series it has named. */
export class LogEncoder {
  readonly #ids = new Map<string, number>();
  readonly #redact: (text: string) => string;

  /** `redact` takes secrets out of error examples. */
  constructor(redact: (text: string) => string) {
    this.#redact = redact;
  }

  head(header: LogHeader): string {
    const seconds = (Date.parse(header.started) / 1000).toFixed(3);
    return [
      '#[Histogram log format version 1.3]',
      record({ run: header }),
      `#[StartTime: ${seconds} (seconds since epoch), ${header.started}]`,
      `#[BaseTime: ${seconds} (seconds since epoch)]`,
      '"StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"',
      '',
    ].join('\n');
  }

  interval(interval: Interval): string {
    const lines: string[] = [];
    const histograms = interval.histograms.map((slice) => this.#histogram(interval, slice, lines));
    const { startNs, durationNs, tags, measured } = interval;
    const told: LogInterval = {
      startNs,
      durationNs,
      tags,
      measured,
      histograms,
      counters: interval.counters.map(({ count, of, ...slice }) => [this.#id(slice, lines), count, of]),
      gauges: interval.gauges.map(({ value, ...slice }) => [this.#id(slice, lines), value]),
      errors: interval.errors.map((error) => [
        error.class,
        error.tags,
        error.count,
        this.#redact(error.example),
      ]),
      ...(interval.metrics !== undefined && { metrics: interval.metrics }),
    };
    lines.push(record({ interval: told }));
    return `${lines.join('\n')}\n`;
  }

  end(end: RunEnd): string {
    const validity = { ...end.validity, reasons: end.validity.reasons.map(this.#redact) };
    return `${record({ end: { ...end, validity } })}\n`;
  }

  #histogram(interval: Interval, slice: HistogramSlice, lines: string[]): LogInterval['histograms'][number] {
    const { metric, note, data, censored } = slice;
    const tags = this.#bounded(slice.tags);
    const label = labelOf(metric, seriesTags(interval.tags, tags));
    const id = this.#id({ metric, tags, ...(note !== undefined && { note }), label }, lines);
    if (data.length > 0) lines.push(histogramLine(label, interval, data));
    if (censored.length > 0) lines.push(histogramLine(`${label}${censoredEnd}`, interval, censored));
    return [id, (data.length > 0 ? successLine : 0) + (censored.length > 0 ? censoredLine : 0)];
  }

  /** The id of a series; names it first when it is new. */
  #id(series: Omit<LogSeries, 'id'>, lines: string[]): number {
    const named = { ...series, tags: this.#bounded(series.tags) };
    const key = JSON.stringify(named);
    let id = this.#ids.get(key);
    if (id === undefined) {
      id = this.#ids.size;
      this.#ids.set(key, id);
      lines.push(record({ series: { id, ...named } }));
    }
    return id;
  }

  #bounded(tags: Tags): Tags {
    return this.#ids.size < maxSeries ? tags : { name: 'other' };
  }
}

function record(content: LogRecord): string {
  // Java's Scanner ends a line at these too
  const json = JSON.stringify(content).replace(
    /[\u0085\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `${recordStart}${json}${recordEnd}`;
}

/** `response_time{phase=steady;name=list}`: no comma, space or control character, which would end a field. */
function labelOf(metric: string, tags: Tags): string {
  const pairs = Object.entries(tags).map(([name, value]) => `${safe(name)}=${safe(value)}`);
  return `${safe(metric)}${pairs.length === 0 ? '' : `{${pairs.join(';')}}`}`;
}

function safe(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

/** Seconds since the start of the run; the largest value in milliseconds, as HdrHistogram's own tools write it. */
function histogramLine(label: string, { startNs, durationNs }: Interval, data: Uint8Array): string {
  const [start, length] = [startNs, durationNs].map((ns) => (ns / 1e9).toFixed(3));
  const maxMs = (maxOfEncoded(data) / 1e6).toFixed(3);
  return `Tag=${label},${start ?? ''},${length ?? ''},${maxMs},${compressEncoded(data)}`;
}
