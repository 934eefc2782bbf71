import { actualOf, labelOf, latencyColumns, latencyRows, marginOf, metricLines } from './rows.ts';
import { resultsOf } from './reporter.ts';
import { serverTable } from './server-rows.ts';
import { slowestLines } from './slowest.ts';
import { markdownCode, markdownText } from './text.ts';
import { variantColumns, variantRows } from './variant-rows.ts';
import { formatBytes, formatDurationNs } from '../model/units.ts';
import type { Reporter } from './reporter.ts';
import type { Environment, Outcome, RunResult, TargetOutcome, TargetResult } from '../model/result.ts';

/** For a pull request or a file: the verdict first, then targets, then each run. */
export const markdown: Reporter = (document) => {
  const results = resultsOf(document);
  const environment = results[0]?.environment;
  return [
    `# perfkit: ${outcomes[document.verdict.outcome]}`,
    document.verdict.reasons.map((reason) => `- ${markdownText(reason)}`).join('\n'),
    targetsTable(document.verdict.targets),
    ...results.map((result) => `## ${markdownText(result.scenario.name)}\n\n${runText(result)}`),
    environment === undefined ? '' : `---\n\n${environmentText(environment, document.started)}`,
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n');
};

export const outcomes = {
  pass: '✅ pass',
  fail: '❌ fail',
  invalid: '⚠️ invalid run',
  undecided: '❔ undecided',
} satisfies Record<Outcome, string>;

const marks = {
  pass: '✅ pass',
  fail: '❌ fail',
  'no data': '❌ no data',
  underpowered: '❔ too few samples',
  warn: '⚠️ warning',
} satisfies Record<TargetOutcome, string>;

/** Columns from `numbersFrom` to `numbersTo` (exclusive) are right-aligned. */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  numbersFrom: number,
  numbersTo = head.length,
): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const align = head.map((_, index) => (index >= numbersFrom && index < numbersTo ? '---:' : '---'));
  return [line(head), line(align), ...rows.map(line)].join('\n');
}

/** Nothing when there are none. */
export function targetsTable(targets: readonly TargetResult[], title = '## Targets'): string {
  if (targets.length === 0) return '';
  const several = new Set(targets.map((target) => target.scenario)).size > 1;
  const rows = targets.map((target) => [
    ...(several ? [markdownText(target.scenario)] : []),
    marks[target.outcome],
    `${target.id === null ? '' : `**${markdownText(target.id)}** `}${markdownCode(target.expr)}${labelOf(target.tags) === '' ? '' : ` ${markdownText(labelOf(target.tags))}`}`,
    actualOf(target),
    marginOf(target),
    [target.reason, target.source].flatMap((text) => (text === null ? [] : [markdownText(text)])).join(' — '),
  ]);
  return `${title === '' ? '' : `${title}\n\n`}${table([...(several ? ['scenario'] : []), '', 'target', 'measured', 'margin', 'source'], rows, several ? 3 : 2, several ? 5 : 4)}`;
}

/** What was measured, without the name. */
export function runText(result: RunResult): string {
  const { scenario } = result;
  const rows = latencyRows(result);
  const latencies = rows.map((row) => [
    markdownText(row.label),
    /^\w+$/.test(row.metric) ? row.metric : markdownText(row.metric),
    row.count,
    row.throughput,
    ...row.values,
  ]);
  const told = rows.flatMap(({ label, note }) =>
    note === null ? [] : [`${label === '' ? '' : `${label}: `}${note}`],
  );
  const notes = [...new Set(told)];
  return [
    `${scenario.kind}, ${formatDurationNs(result.durationNs)}, seed ${scenario.seed}, scenario ${markdownCode(scenario.hash)}${result.complete ? '' : `; **${result.aborted === undefined ? 'interrupted' : 'aborted'}: partial results**`}`,
    ...result.validity.reasons.map((reason) => `> **${result.validity.state}**: ${markdownText(reason)}`),
    ...(result.validity.notes ?? []).map((note) => `_${markdownText(note)}_`),
    latencies.length === 0
      ? ''
      : table(['', 'metric', 'samples', 'throughput', ...latencyColumns], latencies, 2),
    ...notes.map((note) => `_${markdownText(note)}_`),
    variantText(result),
    serverText(result),
    metricLines(result)
      .map(({ label, text }) => `- ${label === '' ? '' : `${markdownText(label)}: `}${markdownText(text)}`)
      .join('\n'),
    slowestText(result),
    result.errors.length === 0
      ? ''
      : `### Errors\n\n${table(
          ['class', 'where', 'count', 'example'],
          result.errors.map((error) => [
            markdownText(error.class),
            markdownText(labelOf(error.tags)),
            String(error.count),
            markdownCode(error.example),
          ]),
          2,
          3,
        )}`,
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** Every variant beside the reference. */
function variantText(result: RunResult): string {
  const rows = variantRows(result).map(({ label, statistic, value, reference, ratio, interval }) =>
    [label, statistic, value, reference, ratio, interval].map(markdownText),
  );
  if (rows.length === 0) return '';
  const head = [`against ${markdownText(result.scenario.reference ?? '')}`, '', ...variantColumns];
  return table(head, rows, 2);
}

/** What was read of the server, over all measured phases. */
function serverText(result: RunResult): string {
  const told = serverTable(result);
  if (told === null) return '';
  const rows = told.rows.map(({ name, values }) => [markdownText(name), ...values.map(markdownText)]);
  const more = told.more === 0 ? '' : `\n\n_and ${told.more} more in the result_`;
  return `${table(['server', ...told.columns], rows, 1)}${more}`;
}

function slowestText(result: RunResult): string {
  const lines = slowestLines(result);
  if (lines.length === 0) return '';
  return `### Slowest\n\n${lines.map((line) => `- ${markdownText(line)}`).join('\n')}`;
}

export function environmentText(environment: Environment, started: string): string {
  const { node, cpuModel, cores, memoryBytes, platform, arch, osRelease, fingerprint } = environment;
  return `${markdownText(started)}, Node ${markdownText(node)} on ${markdownText(`${platform} ${arch} ${osRelease}`)}, ${cores} cores of ${markdownText(cpuModel)}, ${formatBytes(memoryBytes)}, environment ${markdownCode(fingerprint)}`;
}
