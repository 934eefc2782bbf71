import { Option } from 'commander';
import type { Command } from 'commander';
import { inertLines } from '../errors.ts';
import { wholeNumber } from '../options.ts';
import type { RunFlags } from '../options.ts';

export function addPlan(program: Command): void {
  program
    .command('plan')
    .description('Show what a scenario will do, every default filled in, without doing it.')
    .argument('<scenario...>', 'scenario files, names of built-in ones, or modules')
    .option('--json', 'print the plans as JSON')
    .addOption(
      new Option('--profile <name>', 'how long to run')
        .choices(['quick', 'standard', 'full'])
        .default('standard'),
    )
    .option('--seed <n>', 'seed of every random choice', wholeNumber)
    .addHelpText(
      'after',
      '\nExamples:\n  perfkit plan cache/get\n  perfkit plan my.perfkit.yaml --profile full --json',
    )
    .action(async (names: readonly string[], flags: RunFlags) => {
      const { explainPlan } = await import('../../index.ts');
      const { selectPlans } = await import('../select-plans.ts');
      const plans = await selectPlans(names, flags, null);
      const document = plans.length === 1 ? plans[0] : plans;
      process.stdout.write(
        flags.json === true
          ? `${JSON.stringify(document, null, 2)}\n`
          : inertLines(plans.map(explainPlan).join('\n')),
      );
    });
}
