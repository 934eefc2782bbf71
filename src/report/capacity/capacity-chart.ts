import { formatDurationNs, formatValue } from '../../model/units.ts';
import type { CapacityResult, CurvePoint } from '../../model/capacity.ts';

export interface ChartSize {
  /** Columns and rows of the plot, without axes. */
  readonly columns: number;
  readonly rows: number;
}

const usual: ChartSize = { columns: 60, rows: 12 };
const marks = { p50: '·', p99: '●', failed: '✗' } as const;

interface Scale {
  readonly from: number;
  readonly to: number;
  /** Cells; the first value falls into cell 0, the last into cell `cells` - 1. */
  readonly cells: number;
}

/**
 * Latency against rate as lines of text, both axes logarithmic: P50 and P99 of each rate, a cross where the targets
 * do not hold, and the capacity as a line. Empty when no step has latencies.
 */
export function capacityChart(
  { curve, capacityPerSecond }: Pick<CapacityResult, 'curve' | 'capacityPerSecond'>,
  { columns, rows }: ChartSize = usual,
): string[] {
  const points = curve.filter(({ latency }) => latency !== null && latency.p50 > 0);
  if (points.length === 0) return [];
  const latencies = points.flatMap(({ latency }) => (latency === null ? [] : [latency.p50, latency.p99]));
  const rates = points.map(({ ratePerSecond }) => ratePerSecond);
  const x: Scale = { from: Math.min(...rates), to: Math.max(...rates), cells: columns };
  const y: Scale = { from: Math.min(...latencies), to: Math.max(...latencies), cells: rows };
  const grid = Array.from({ length: rows }, () => Array<string>(columns).fill(' '));
  const put = (row: number, column: number, mark: string): void => {
    const line = grid[rows - 1 - row];
    if (line !== undefined) line[column] = mark;
  };
  if (capacityPerSecond !== null && rates.includes(capacityPerSecond)) {
    for (let row = 0; row < rows; row++) put(row, cellOf(capacityPerSecond, x), '┊');
  }
  for (const point of points) plot(point, x, y, put);
  const lines = grid.map((line, index) => `${yLabel(index, y)} ┤${line.join('').trimEnd()}`);
  return [...lines, `${' '.repeat(labelWidth)} └${'─'.repeat(columns)}`, xLabels(x), legend];
}

const labelWidth = 8;
const legend = `${' '.repeat(labelWidth)}  ${marks.p50} p50  ${marks.p99} p99  ${marks.failed} p99 where the targets do not hold  ┊ capacity`;

function plot(
  { ratePerSecond, latency, outcome }: CurvePoint,
  x: Scale,
  y: Scale,
  put: (row: number, column: number, mark: string) => void,
): void {
  if (latency === null) return;
  const column = cellOf(ratePerSecond, x);
  put(cellOf(latency.p50, y), column, marks.p50);
  put(cellOf(latency.p99, y), column, outcome === 'pass' ? marks.p99 : marks.failed);
}

function cellOf(value: number, { from, to, cells }: Scale): number {
  if (to <= from) return Math.floor(cells / 2);
  return Math.round(((cells - 1) * Math.log(value / from)) / Math.log(to / from));
}

/** Every third row says its latency. */
function yLabel(index: number, { from, to, cells }: Scale): string {
  const row = cells - 1 - index;
  if (row % 3 !== 0 && index !== 0) return ' '.repeat(labelWidth);
  const value = cells === 1 ? from : from * (to / from) ** (row / (cells - 1));
  return formatDurationNs(value).padStart(labelWidth);
}

function xLabels({ from, to, cells }: Scale): string {
  const label = (value: number): string => formatValue(value, 'count', true);
  const indent = ' '.repeat(labelWidth + 2);
  if (from === to) return `${indent}${label(from).padStart(Math.floor(cells / 2) + 2)}`;
  const middle = label(Math.sqrt(from * to));
  const left = label(from).padEnd(Math.max(1, Math.floor(cells / 2) - Math.floor(middle.length / 2)));
  return `${indent}${(left + middle).padEnd(Math.max(1, cells - label(to).length))}${label(to)}`;
}
