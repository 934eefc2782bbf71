import { formatCount, formatRatio } from '../../model/units.ts';
import { achieved, latencyText, rateText, shareText } from './figures-text.ts';
import { inert } from './inert.ts';
import { span } from './line.ts';
import { sparkline } from './sparkline.ts';
import type { Figures } from '../../index.ts';
import type { Line, Span } from './line.ts';
import type { LiveState } from './live-state.ts';
import type { Row, ScreenSize } from './screen.ts';

const labelWidth = 13;
const valueWidth = 24;

/** A load: rate and latencies with a minute of history, what is in flight, failures, the generator itself. */
export function loadRows(state: LiveState, size: ScreenSize): Row[] {
  const latest = state.slices.at(-1);
  if (latest === undefined) return [{ rank: 1, line: [span('  waiting for the first second', 'dim')] }];
  const chart = (values: readonly (number | null)[]): Span =>
    span(sparkline(values, size.columns - labelWidth - valueWidth, size.unicode), 'dim');
  const latency = (name: 'p50' | 'p95' | 'p99', rank: number): Row => {
    const key = `${name}Ns` as const;
    return row(rank, name, [value(latencyText(latest[key])), chart(state.slices.map((slice) => slice[key]))]);
  };
  return [
    row(1, 'rate', [...rateSpans(state, latest), chart(state.slices.map(achieved))]),
    latency('p50', 5),
    latency('p95', 6),
    latency('p99', 2),
    row(7, 'in flight', levels(latest)),
    row(3, 'done', doneSpans(state)),
    ...errorRows(state),
    row(8, 'generator', health(latest)),
  ];
}

function row(rank: number, name: string, spans: Line): Row {
  return { rank, line: [span(`  ${name}`.padEnd(labelWidth), 'dim'), ...spans] };
}

function value(text: string, tone: Span['tone'] = 'plain'): Span {
  return span(text.padEnd(valueWidth), tone);
}

/** What came back against what was due, where arrivals do not wait for replies. */
function rateSpans({ open }: LiveState, latest: Figures): Span[] {
  const { succeeded, failed, due, durationNs } = latest;
  const done = rateText(succeeded + failed, durationNs);
  if (!open || due === null) return [value(done)];
  const behind = succeeded + failed < due * 0.95;
  return [value(`${done} of ${rateText(due, durationNs)} due`, behind ? 'warn' : 'plain')];
}

function levels({ gauges }: Figures): Line {
  const parts = [
    ['in_flight', ''],
    ['waiting', ' waiting'],
    ['connections', ' connections'],
  ] as const;
  const known = parts.flatMap(([metric, unit]) => {
    const reading = gauges[metric];
    return reading === undefined ? [] : [`${formatCount(reading)}${unit}`];
  });
  return [span(known.length === 0 ? '-' : known.join('  '))];
}

function doneSpans({ succeeded, failed }: LiveState): Line {
  const all = succeeded + failed;
  if (failed === 0) return [span(formatCount(all))];
  return [
    span(`${formatCount(all)}  `),
    span(`${formatCount(failed)} failed (${shareText(failed / all)})`, 'bad'),
  ];
}

const shownClasses = 4;

function errorRows({ errors }: LiveState): Row[] {
  const shown = errors
    .slice(0, shownClasses)
    .map(({ class: name, count, example }, index) =>
      row(index === 0 ? 4 : 10 + index, index === 0 ? 'errors' : '', [
        span(`${formatCount(count)} x ${inert(name, 60)}`, 'bad'),
        span(`  ${inert(example)}`, 'dim'),
      ]),
    );
  const more = errors.length - shown.length;
  return more > 0 ? [...shown, row(20, '', [span(`${more} more classes`, 'dim')])] : shown;
}

/** Delays from which on the generator itself may colour the latencies. */
const badLagNs = 10e6;
const badDelayNs = 50e6;
const badCpu = 0.9;

function health({ lagP99Ns, loopDelayNs, gauges }: Figures): Line {
  const cpu = gauges['cpu'];
  const parts = [
    lagP99Ns === null
      ? null
      : span(`lag p99 ${latencyText(lagP99Ns)}`, lagP99Ns > badLagNs ? 'warn' : 'plain'),
    cpu === undefined ? null : span(`cpu ${formatRatio(cpu)}`, cpu > badCpu ? 'warn' : 'plain'),
    loopDelayNs === null
      ? null
      : span(`loop delay ${latencyText(loopDelayNs)}`, loopDelayNs > badDelayNs ? 'warn' : 'plain'),
  ].filter((part) => part !== null);
  return parts.length === 0
    ? [span('-')]
    : parts.flatMap((part, index) => (index === 0 ? [part] : [span('  '), part]));
}
