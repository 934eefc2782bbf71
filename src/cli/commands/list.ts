import type { Command } from 'commander';
import type { ScenarioEntry } from '../../index.ts';
import { inertLines } from '../errors.ts';
import { collect } from '../options.ts';

interface ListFlags {
  readonly json?: boolean;
  readonly tag?: readonly string[];
}

export function addList(program: Command): void {
  program
    .command('list')
    .description('List scenarios: the built-in ones, or those in a folder.')
    .argument('[folder...]', 'folders to look in')
    .option('--tag <tag>', 'only scenarios with this tag; can be repeated', collect)
    .option('--json', 'print the list as JSON')
    .addHelpText('after', '\nExamples:\n  perfkit list\n  perfkit list ./bench --tag nightly --json')
    .action(async (folders: readonly string[], flags: ListFlags) => {
      const { builtInScenarios, findScenarios, jsonText } = await import('../../index.ts');
      const found = await findScenarios(folders.length === 0 ? [builtInScenarios] : folders);
      const entries = found.filter((entry) => (flags.tag ?? []).every((tag) => entry.tags.includes(tag)));
      process.stdout.write(flags.json === true ? jsonText(entries) : inertLines(table(entries)));
    });
}

function table(entries: readonly ScenarioEntry[]): string {
  const width = Math.max(4, ...entries.map((entry) => entry.path.length));
  const lines = entries.map((entry) => {
    const head = `${entry.path.padEnd(width)}  ${(entry.kind ?? '?').padEnd(5)}  ${String(entry.targets.length).padStart(2)} targets  ${entry.tags.join(', ')}`;
    return entry.error === null ? head.trimEnd() : `${head.trimEnd()}\n${entry.error.replace(/^/gm, '    ')}`;
  });
  return lines.length === 0 ? 'no scenarios\n' : `${lines.join('\n')}\n`;
}
