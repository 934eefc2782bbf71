import type { Command } from 'commander';
import { PerfkitError } from '../../model/errors.ts';
import { colourLevel } from '../colour.ts';

interface ReportFlags {
  readonly format: string;
  readonly output?: string;
}

export function addReport(program: Command): void {
  program
    .command('report')
    .description('Show a saved result again, in any format, without running anything.')
    .argument('<result>', 'a result.json, or the folder of a run')
    .option('-f, --format <name>', 'terminal, markdown or json', 'terminal')
    .option('-o, --output <file>', 'write to this file instead of stdout')
    .addHelpText(
      'after',
      '\nExamples:\n  perfkit report reports/2026-11-21T10-15-30-cache-get-4711\n  perfkit report result.json --format markdown -o summary.md',
    )
    .action(async (path: string, flags: ReportFlags) => {
      const { readResult, reporters, writeFileAtomic } = await import('../../index.ts');
      const { isReporter } = await import('../run-plans.ts');
      if (!isReporter(flags.format)) {
        throw new PerfkitError(
          'usage',
          `expected a format (${Object.keys(reporters).join(', ')}) after --format, got "${flags.format}"`,
        );
      }
      const document = await readResult(path);
      const toFile = flags.output !== undefined;
      const text = reporters[flags.format](document, {
        colourLevel: toFile ? 0 : colourLevel(process.stdout),
        width: process.stdout.columns ?? 120,
      });
      if (flags.output === undefined) process.stdout.write(text);
      else await writeFileAtomic(flags.output, text);
    });
}
