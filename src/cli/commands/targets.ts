import type { Command } from 'commander';
import { PerfkitError } from '../../model/errors.ts';
import { formatValue } from '../../model/units.ts';
import { inertLines } from '../errors.ts';
import type { ProvenRow } from '../../index.ts';
import type { LastMeasured } from '../last-measured.ts';

interface TargetsFlags {
  readonly out?: string;
  readonly json?: boolean;
}

/** A target of a built-in scenario with what the newest run says of it. */
interface TargetRow {
  readonly scenario: string;
  readonly id: string | null;
  readonly expr: string;
  readonly source: string | null;
  readonly severity: 'error' | 'warn';
  readonly last: LastMeasured | null;
}

type Row = TargetRow | ProvenRow;

export function addTargets(program: Command): void {
  program
    .command('targets')
    .description(
      'List the targets of the built-in scenarios, the document they come from, and their last value; and what tests prove.',
    )
    .argument('[id...]', 'ids (P01 means P01.beyond, too), scenarios or their folders')
    .option('--out <dir>', 'folder that holds the results of earlier runs (default: reports)')
    .option('--json', 'print the list as JSON')
    .addHelpText('after', examples)
    .action(async (words: readonly string[], flags: TargetsFlags) => {
      const { builtInScenarios, findScenarios, jsonText, readProven } = await import('../../index.ts');
      const { readMeasurements } = await import('../last-measured.ts');
      const entries = await findScenarios([builtInScenarios]);
      const measurements = await readMeasurements(flags.out ?? 'reports', flags.out !== undefined);
      const all = entries.flatMap(({ name, path, targets }) =>
        targets.map((target): TargetRow => ({
          scenario: path,
          ...target,
          last: measurements.find(name, target),
        })),
      );
      const rows = select([...all, ...(await readProven())], words);
      process.stdout.write(flags.json === true ? jsonText(rows) : inertLines(listing(rows)));
      const { unreadable, leftOut } = measurements;
      for (const reason of unreadable) process.stderr.write(`left out: ${inertLines(reason)}\n`);
      if (leftOut > 0) process.stderr.write(`${leftOut} older results were not looked at\n`);
    });
}

const examples = `
A value is that of the newest result with data for the target, in reports/*/result.json or below --out.

Examples:
  perfkit targets
  perfkit targets P01                 P01 and its stricter forms
  perfkit targets patterns/operations
  perfkit targets --out ci-reports --json`;

/** Rows with the id or an id below it (P01.beyond), of the scenario, or of a folder of scenarios. Throws PerfkitError for a word that means none. */
function select(rows: readonly Row[], words: readonly string[]): readonly Row[] {
  if (words.length === 0) return rows;
  const matches = (row: Row, word: string): boolean =>
    row.id === word ||
    row.id?.startsWith(`${word}.`) === true ||
    ('scenario' in row && isOf(row.scenario, word));
  for (const word of words) {
    if (rows.some((row) => matches(row, word))) continue;
    const ids = [...new Set(rows.flatMap(({ id }) => (id === null ? [] : [id.split('.')[0] ?? id])))];
    throw new PerfkitError(
      'usage',
      `expected the id of a target (${ids.join(', ')}) or a built-in scenario, got ${JSON.stringify(word.slice(0, 100))}`,
    );
  }
  return rows.filter((row) => words.some((word) => matches(row, word)));
}

/** A scenario, or a folder of scenarios. */
function isOf(scenario: string, word: string): boolean {
  return scenario === word || scenario.startsWith(`${word.replace(/\/+$/, '')}/`);
}

function listing(rows: readonly Row[]): string {
  const documents = new Map(rows.map((row) => [row.id, documentOf(row)]));
  // P01.beyond stands beside P01.
  const group = (row: Row): string => documents.get(row.id?.split('.')[0] ?? null) ?? documentOf(row);
  const byDocument = [...Map.groupBy(rows, group)].toSorted(([a], [b]) => a.localeCompare(b, 'en'));
  const width = Math.min(Math.max(...rows.map(({ id }) => (id ?? '-').length), 4), 12);
  const blocks = byDocument.map(([document, of]) => {
    const lines = of.toSorted(byId).map((row) => block(row, width));
    return `${document}: ${summary(of)}\n${lines.join('')}`;
  });
  return `${blocks.join('\n')}\n${summary(rows)}\n`;
}

/** `patterns: 80 %+ hit rate` comes from the document `patterns`. */
function documentOf({ source }: Row): string {
  return source === null ? 'without a document' : (source.split(':')[0] ?? source).trim();
}

/** P2 before P10, those without an id last, otherwise as they come. */
function byId(a: Row, b: Row): number {
  if (a.id === null || b.id === null) return Number(a.id === null) - Number(b.id === null);
  return a.id.localeCompare(b.id, 'en', { numeric: true });
}

function block(row: Row, width: number): string {
  const indent = ' '.repeat(width + 4);
  const reason = row.source === null ? '' : row.source.slice(row.source.indexOf(':') + 1).trim();
  if ('tests' in row)
    return `  ${row.id.padEnd(width)}  ${reason}\n${indent}proven by ${row.tests.join(', ')}\n`;
  const { id, expr, scenario, severity, last } = row;
  const where = [scenario, severity === 'warn' ? 'warns only' : '', reason].filter((part) => part !== '');
  return `  ${(id ?? '-').padEnd(width)}  ${expr}\n${indent}${state(last, expr)}\n${indent}${where.join(', ')}\n`;
}

/** `512k/s, pass (2026-11-21 05:44 UTC)` */
function state(last: LastMeasured | null, expr: string): string {
  if (last === null) return 'not measured yet';
  const value =
    last.actual === null
      ? 'no value'
      : `${last.bounded ? '>= ' : ''}${formatValue(last.actual, last.unit, last.perSecond)}`;
  const then = last.expr === expr.trim() ? '' : `; then it was ${last.expr}`;
  return `${value}, ${outcomeText[last.outcome]} (${last.started.slice(0, 16).replace('T', ' ')} UTC${then})`;
}

const outcomeText = {
  pass: 'pass',
  fail: 'FAIL',
  warn: 'missed (warning)',
  'no data': 'no data',
  underpowered: 'too few samples',
  invalid: 'the run was invalid',
} satisfies Record<LastMeasured['outcome'], string>;

function summary(rows: readonly Row[]): string {
  const targets = rows.filter((row) => 'expr' in row);
  const measured = targets.filter(({ last }) => last !== null);
  const passed = measured.filter(({ last, expr }) => last?.outcome === 'pass' && last.expr === expr.trim());
  const proven = rows.length - targets.length;
  const counts = `${targets.length} ${targets.length === 1 ? 'target' : 'targets'}, ${measured.length} measured, ${passed.length} pass`;
  return proven === 0 ? counts : `${counts}; ${proven} proven by tests`;
}
