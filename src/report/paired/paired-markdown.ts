import { markdownText } from '../text.ts';
import { armText, methodLines, pairedRows, undecidedReason } from './paired-rows.ts';
import type { PairedOutcome, PairedVerdict } from '../../model/paired.ts';
import type { PairedReporter } from './paired-reporter.ts';
import type { PairedRow } from './paired-rows.ts';

/**
 * For a pull request, of whose comments GitHub takes 65,536 characters: the outcome first, then the series that decide,
 * and folded the others and how it was measured. Less than 60 kB; what finds no room is counted.
 */
export const pairedMarkdown: PairedReporter = (run) => {
  const { decision, base, head, scenario } = run;
  const { decisive, others } = pairedRows(decision?.series ?? []);
  const reasons = decision === null ? [undecidedReason(run)] : decision.reasons;
  const arms = `${markdownText(armText(base))} → ${markdownText(armText(head))}`;
  const method = listed([...(decision?.notes ?? []), ...methodLines(run)], room.method);
  return [
    `## perfkit: ${outcomes[decision?.outcome ?? 'no data']}`,
    `${markdownText(scenario.name)}: ${arms}`,
    listed(reasons, room.reasons),
    tableOf(decisive, room.decisive),
    others.length === 0 ? '' : folded(`${others.length} that do not decide`, tableOf(others, room.others)),
    folded('how it was measured', method),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n');
};

/** Bytes for each part; the rest of 60 kB is for the headings. */
const room = { reasons: 6000, decisive: 32_000, others: 8000, method: 6000 } as const;

const outcomes = {
  pass: '✅ pass',
  fail: '❌ fail',
  inconclusive: '❔ inconclusive',
  'no data': '❌ no data',
  unfit: '❌ the machine is not fit',
} satisfies Record<PairedOutcome, string>;

const marks = {
  better: '✅ better',
  same: '✅ same',
  worse: '❌ worse',
  'cannot tell': '❔ cannot tell',
  descriptive: 'descriptive',
  'no data': '❌ no data',
} satisfies Record<PairedVerdict, string>;

function folded(summary: string, text: string): string {
  return text === '' ? '' : `<details><summary>${summary}</summary>\n\n${text}\n\n</details>`;
}

function listed(texts: readonly string[], bytes: number): string {
  const lines = texts.map((text) => `- ${markdownText(text)}`);
  return fitting(lines, bytes, (left) => `- and ${left} more`).join('\n');
}

function tableOf(rows: readonly PairedRow[], bytes: number): string {
  if (rows.length === 0) return '';
  const titles = ['', 'series', 'base', 'head', 'change', 'interval', 'threshold', 'found from', ''];
  const align = ['---', '---', '---:', '---:', '---:', '---:', '---:', '---:', '---'];
  const lines = rows.map((row) =>
    lineOf([
      marks[row.verdict],
      [row.label, row.what].map(markdownText).join(' ').trim(),
      row.base,
      row.head,
      row.change,
      row.interval,
      row.threshold,
      row.detectable,
      markdownText(row.reason),
    ]),
  );
  const more = (left: number): string => lineOf([`and ${left} more`, ...titles.slice(1).fill('')]);
  return [lineOf(titles), lineOf(align), ...fitting(lines, bytes, more)].join('\n');
}

function lineOf(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

/** As many of the first lines as find room, and one for the others. */
function fitting(lines: readonly string[], bytes: number, more: (left: number) => string): string[] {
  let left = bytes;
  const cut = lines.findIndex((line) => (left -= Buffer.byteLength(line) + 1) < 0);
  return cut === -1 ? [...lines] : [...lines.slice(0, cut), more(lines.length - cut)];
}
