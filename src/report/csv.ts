import { resultsOf } from './reporter.ts';
import { plain } from './text.ts';
import type { Reporter } from './reporter.ts';
import type { RunResult, Series } from '../model/result.ts';

/**
 * Every series of every run, one row each (RFC 4180): values as numbers in the unit that the row names (ns, bytes,
 * ratio, count; rates a second), a column for each tag, nothing where a kind has no such value. Text that a spreadsheet
 * would take for a formula is written with an apostrophe before it.
 */
export const csv: Reporter = (document) => {
  const results = resultsOf(document);
  const tags = [
    ...new Set(results.flatMap(({ series }) => series.flatMap((one) => Object.keys(one.tags)))),
  ].toSorted();
  const head = ['scenario', 'kind', 'metric', ...tags.map((tag) => `tag ${tag}`), 'type', 'unit', ...numbers];
  const rows = results.flatMap((result) => result.series.map((series) => rowOf(result, series, tags)));
  return `${[head.map(textField).join(','), ...rows].join('\r\n')}\r\n`;
};

const numbers = [
  'count',
  'min',
  'mean',
  'p50',
  'p75',
  'p90',
  'p95',
  'p99',
  'p999',
  'max',
  'rate',
  'of',
  'value',
  'censored',
  'boundedFrom',
] as const satisfies readonly (keyof Series)[];

function rowOf({ scenario }: RunResult, series: Series, tags: readonly string[]): string {
  const texts = [
    scenario.name,
    scenario.kind,
    series.metric,
    ...tags.map((tag) => series.tags[tag] ?? ''),
    series.kind,
    series.unit,
  ];
  return [...texts.map(textField), ...numbers.map((name) => String(series[name] ?? ''))].join(',');
}

/**
 * What begins a formula, at the start of a cell or behind a character at which a spreadsheet may cut a row whose
 * separator it does not expect (OWASP, "CSV Injection"); the wide forms of East Asian input too.
 */
const formula = /(^|[,;|'"])(\s*)([=+\-@\uff1d\uff0b\uff0d\uff20])/g;

function textField(text: string): string {
  return `"${plain(text).replace(formula, "$1$2'$3").replace(/"/g, '""')}"`;
}
