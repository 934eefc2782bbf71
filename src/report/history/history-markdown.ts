import { markdownText } from '../text.ts';
import { apartText, changeLines, groupText, trendRows } from './history-rows.ts';
import type { HistoryGroup, ScenarioHistory } from '../../model/history.ts';
import type { HistoryReporter } from './history-reporter.ts';

/** For a job's summary or a page: where levels changed first, then each series, older machines folded. */
export const historyMarkdown: HistoryReporter = ({ file, notes, scenarios }) =>
  [
    '# perfkit history',
    ...scenarios.map(scenarioText),
    `---\n\n${[file, ...notes].map(markdownText).join('; ')}`,
  ]
    .join('\n\n')
    .concat('\n');

/** A page that nobody reads to its end. */
const maxRows = 200;

function scenarioText(scenario: ScenarioHistory): string {
  const [newest, ...others] = scenario.groups;
  if (newest === undefined) return '';
  return [
    `## ${markdownText(scenario.name)}`,
    groupBlock(scenario, newest),
    ...(others.length === 0
      ? []
      : [
          `<details><summary>${others.length} on other machines, or of another form of the scenario</summary>`,
          ...others.map((group) => groupBlock(scenario, group)),
          '</details>',
        ]),
  ].join('\n\n');
}

function groupBlock(scenario: ScenarioHistory, group: HistoryGroup): string {
  const apart = apartText(scenario, group);
  return [
    `${markdownText(groupText(group))}${apart === null ? '' : ` (${apart})`}`,
    changeLines(group)
      .map(
        ({ direction, label, what, size, between, p }) =>
          `- ${direction === 'worse' ? '❌ worse' : '✅ better'}: ${named(label, what)}, ${size}, between ${markdownText(between)}, ${p}`,
      )
      .join('\n'),
    tableOf(group),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function tableOf(group: HistoryGroup): string {
  const rows = trendRows(group);
  const cells = rows
    .slice(0, maxRows)
    .map(({ label, what, line, latest, sincePrevious, sinceMedian }) => [
      named(label, what),
      line,
      latest,
      sincePrevious,
      sinceMedian,
    ]);
  const head = ['series', 'trend', 'latest', 'since previous', 'since median of 10'];
  const align = ['---', '---', '---:', '---:', '---:'];
  const table = [head, align, ...cells].map((line) => `| ${line.join(' | ')} |`).join('\n');
  return rows.length > maxRows ? `${table}\n\nand ${rows.length - maxRows} more` : table;
}

function named(label: string, what: string): string {
  return [label, what]
    .filter((part) => part !== '')
    .map(markdownText)
    .join(' ');
}
