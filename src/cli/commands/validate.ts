import type { Command } from 'commander';
import { exitCodes } from '../../model/errors.ts';
import { inertLines } from '../errors.ts';

export function addValidate(program: Command): void {
  program
    .command('validate')
    .description('Check scenario files: every mistake at once, with its place.')
    .argument('<file...>', 'scenario files')
    .option('--json', 'print the mistakes as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  perfkit validate my.perfkit.yaml\n  perfkit validate scenarios/*/*.perfkit.yaml',
    )
    .action(async (files: readonly string[], flags: { readonly json?: boolean }) => {
      const { formatProblems, jsonText, validateScenario } = await import('../../index.ts');
      const all = [];
      for (const file of files) all.push(...(await validateScenario(file)));
      if (flags.json === true) process.stdout.write(jsonText(all));
      else if (all.length > 0) process.stderr.write(`${inertLines(formatProblems(all))}\n`);
      else
        process.stdout.write(
          inertLines(`${files.length === 1 ? `${files[0]} is` : `${files.length} files are`} sound\n`),
        );
      process.exitCode = all.length > 0 ? exitCodes.usage : exitCodes.pass;
    });
}
