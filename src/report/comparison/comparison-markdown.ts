import { markdownCode, markdownText } from '../text.ts';
import { comparisonRows, settingsLine } from './comparison-rows.ts';
import type { ComparisonOutcome, ScenarioComparison, SeriesVerdict } from '../../model/comparison.ts';
import type { ComparisonReporter } from './comparison-reporter.ts';
import type { ComparisonRow } from './comparison-rows.ts';

/** For a pull request: the outcome first, then the series that decide, the others folded. */
export const comparisonMarkdown: ComparisonReporter = (comparison) => {
  const { base, head, reasons } = comparison;
  return [
    `# perfkit compare: ${outcomes[comparison.outcome]}${comparison.advisory ? ' (advisory)' : ''}`,
    reasons
      .slice(0, maxReasons)
      .map((reason) => `- ${markdownText(reason)}`)
      .concat(reasons.length > maxReasons ? [`- and ${reasons.length - maxReasons} more`] : [])
      .join('\n'),
    ...comparison.scenarios.map(scenarioText),
    `---\n\nbase ${markdownText(base.label)} (${markdownText(base.started)}), head ${markdownText(head.label)} (${markdownText(head.started)}); ${markdownText(settingsLine(comparison))}`,
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n');
};

const maxReasons = 30;
/** A pull request's comment holds 65,536 characters. */
const maxOthers = 100;

const outcomes = {
  better: '✅ better',
  same: '✅ same',
  worse: '❌ worse',
  'cannot tell': '❔ cannot tell',
  refused: '❌ not comparable',
  'no data': '❌ no data',
} satisfies Record<ComparisonOutcome, string>;

const marks = {
  better: '✅ better',
  same: '✅ same',
  worse: '❌ worse',
  'cannot tell': '❔ cannot tell',
  descriptive: 'descriptive',
  missing: '❌ missing',
  new: '⚠️ new',
  'no data': '❌ no data',
} satisfies Record<SeriesVerdict, string>;

function scenarioText(scenario: ScenarioComparison): string {
  const { decisive, others } = comparisonRows(scenario);
  return [
    `## ${markdownText(scenario.name)}: ${outcomes[scenario.outcome]}`,
    ...scenario.differences.map(
      ({ field, base, head }) =>
        `> **${markdownText(field)}** differs: ${markdownCode(base)} and ${markdownCode(head)}`,
    ),
    tableOf(decisive),
    others.length === 0
      ? ''
      : `<details><summary>${others.length} that do not decide</summary>\n\n${tableOf(others.slice(0, maxOthers))}\n\n</details>`,
    scenario.notes.map((note) => `- ${markdownText(note)}`).join('\n'),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function tableOf(rows: readonly ComparisonRow[]): string {
  if (rows.length === 0) return '';
  const cells = rows.map((row) => [
    marks[row.verdict],
    [row.label, row.what].map(markdownText).join(' ').trim(),
    row.base,
    row.head,
    row.change,
    row.interval,
    row.detectable,
    markdownText(row.reason ?? ''),
  ]);
  const head = ['', 'series', 'base', 'head', 'change', 'interval', 'found from', ''];
  const align = ['---', '---', '---:', '---:', '---:', '---:', '---:', '---'];
  return [head, align, ...cells].map((line) => `| ${line.join(' | ')} |`).join('\n');
}
