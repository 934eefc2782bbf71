import type UPlot from 'uplot';
import type { FigureName, Limits, Snapshot } from '../feed-message.ts';
import { browser, byId } from './browser.ts';
import { formatCount, formatMs, formatRate, formatRatio, formatTime } from './format.ts';
import type { Format } from './format.ts';

/** What is drawn: ten minutes of figures, by the second. */
export interface ChartData {
  readonly atMs: number[];
  readonly columns: Map<string, (number | null)[]>;
}

interface Line {
  readonly figure: FigureName;
  readonly label: string;
  readonly format: Format;
}

interface ChartPlan {
  readonly lines: readonly Line[];
  /** Drawn as a dashed line. */
  readonly limit?: (limits: Limits) => number;
  /** The axis ends there at least. */
  readonly top: number;
}

const plans: Readonly<Record<string, ChartPlan>> = {
  hitRatio: {
    lines: [{ figure: 'hitRatio', label: 'Hit rate', format: formatRatio }],
    limit: ({ minHitRatio }) => minHitRatio,
    top: 1,
  },
  meanResponseMs: {
    lines: [{ figure: 'meanResponseMs', label: 'Mean', format: formatMs }],
    limit: ({ maxMeanResponseMs }) => maxMeanResponseMs,
    top: 10,
  },
  throughput: {
    lines: [
      { figure: 'messagesPerSecond', label: 'Messages', format: formatRate },
      { figure: 'batchesPerSecond', label: 'Batches', format: formatRate },
    ],
    top: 10,
  },
  activeConnections: {
    lines: [{ figure: 'activeConnections', label: 'Connections', format: formatCount }],
    top: 10,
  },
  cacheEntries: {
    lines: [{ figure: 'cacheEntries', label: 'Entries', format: formatCount }],
    top: 10,
  },
  activeBatches: {
    lines: [{ figure: 'activeBatches', label: 'Waiting', format: formatCount }],
    top: 10,
  },
};

export interface Charts {
  readonly draw: (data: ChartData, limits: Limits) => void;
}

// Loaded before the modules, by a script of its own.
declare const uPlot: typeof UPlot;

const heightPx = 180;

export function createCharts(): Charts {
  const charts = Object.entries(plans).map(([id, plan]) => createChart(id, plan));
  return {
    draw(data, limits) {
      for (const draw of charts) draw(data, limits);
    },
  };
}

function createChart(id: string, plan: ChartPlan): Charts['draw'] {
  const container = byId(`chart-${id}`);
  const plot = new uPlot(optionsOf(plan, container.clientWidth), emptyData(plan), container);
  new browser.ResizeObserver(() => {
    if (container.clientWidth > 0) plot.setSize({ width: container.clientWidth, height: heightPx });
  }).observe(container);
  browser.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => plot.redraw());
  return ({ atMs, columns }, limits) => {
    const { limit } = plan;
    const drawn = plan.lines.map(({ figure }) => columns.get(figure) ?? []);
    // The limit is drawn only where it does not press the figures flat.
    const most = largest(drawn);
    const at = limit === undefined ? null : limit(limits);
    const isNear = at !== null && (at <= plan.top || most > at / 4);
    const limitLine = limit === undefined ? [] : [atMs.map(() => (isNear ? at : null))];
    plot.setData([atMs.map((ms) => ms / 1_000), ...drawn, ...limitLine]);
    // Without a cursor the legend shows the latest figures.
    if (typeof plot.cursor.idx !== 'number') plot.setLegend({ idx: atMs.length - 1 });
    container.setAttribute('aria-label', describe(plan, drawn));
  };
}

function optionsOf({ lines, limit, top }: ChartPlan, width: number): UPlot.Options {
  const format = lines[0]?.format ?? formatCount;
  const axis = {
    stroke: () => colour('--quiet'),
    grid: { stroke: () => colour('--grid'), width: 1 },
    ticks: { show: false },
  };
  const limitSeries: UPlot.Series[] =
    limit === undefined
      ? []
      : [
          {
            label: 'Limit',
            stroke: () => colour('--beyond'),
            dash: [6, 4],
            width: 1,
            points: { show: false },
            value: (_plot, value) => format(value ?? null),
          },
        ];
  return {
    width,
    height: heightPx,
    cursor: { sync: { key: 'figures' }, drag: { x: false, y: false }, points: { size: 7 } },
    scales: {
      x: { range: (_plot, first, last) => [Math.min(first, last - shortestSpanSeconds), last] },
      y: { range: (_plot, _low, high) => [0, Math.max(top, (high ?? 0) * 1.05)] },
    },
    axes: [
      {
        ...axis,
        space: 80,
        size: 28,
        values: (_plot, splits, _axis, _space, step) => splits.map((seconds) => timeMark(seconds, step)),
      },
      { ...axis, size: 64, values: (_plot, splits) => splits.map((value) => withoutZero(format(value))) },
    ],
    series: [
      { label: 'Time', value: (_plot, seconds) => (seconds === null ? '–' : formatTime(seconds * 1_000)) },
      ...lines.map((line, index): UPlot.Series => ({
        label: line.label,
        stroke: () => colour(index === 0 ? '--first' : '--second'),
        ...(index === 0 ? { fill: () => colour('--first-fill') } : { dash: [2, 3] }),
        width: 2,
        points: { show: false },
        value: (_plot, value) => line.format(value ?? null),
      })),
      ...limitSeries,
    ],
  };
}

/** Marks of an axis need no `.0`. */
function withoutZero(text: string): string {
  return text.replace(/\.0(?!\d)/, '');
}

function timeMark(seconds: number, stepSeconds: number): string {
  const text = formatTime(seconds * 1_000);
  return stepSeconds < 60 ? text : text.slice(0, 5);
}

/** A page opened just after the start does not stretch a few seconds over all of its width. */
const shortestSpanSeconds = 120;

function emptyData({ lines, limit }: ChartPlan): UPlot.AlignedData {
  const columns = lines.length + (limit === undefined ? 0 : 1);
  return [[], ...Array.from({ length: columns }, (): number[] => [])];
}

/** What the picture shows, for those who do not see it. */
function describe({ lines }: ChartPlan, drawn: readonly (readonly (number | null)[])[]): string {
  return lines
    .map(({ label, format }, index) => {
      const values = (drawn[index] ?? []).filter((value) => value !== null);
      if (values.length === 0) return `${label}: no values yet`;
      const [low, high] = [Math.min(...values), Math.max(...values)];
      return `${label}: now ${format(values.at(-1) ?? null)}, between ${format(low)} and ${format(high)}`;
    })
    .join('. ');
}

function largest(columns: readonly (readonly (number | null)[])[]): number {
  let most = 0;
  for (const column of columns) for (const value of column) most = Math.max(most, value ?? 0);
  return most;
}

/** Of the scheme that is in force now. */
function colour(variable: string): string {
  return browser.getComputedStyle(browser.document.documentElement).getPropertyValue(variable).trim();
}

/** Adds the figures of a snapshot, and drops what is older than the server's own history. */
export function addToChartData({ atMs, columns }: ChartData, snapshot: Snapshot): void {
  const isFull = atMs.length >= mostPoints;
  atMs.push(snapshot.atMs);
  if (isFull) atMs.shift();
  for (const [name, value] of Object.entries(snapshot.figures)) {
    const column = columns.get(name);
    column?.push(value);
    if (isFull) column?.shift();
  }
}

const mostPoints = 600;
