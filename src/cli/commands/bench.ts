import type { Command } from 'commander';
import { addBaselineOptions } from '../baseline/baseline-options.ts';
import { addRunOptions } from '../options.ts';
import type { RunFlags } from '../options.ts';

export function addBench(program: Command): void {
  const command = program
    .command('bench')
    .description('Measure code: scenarios, the functions of a module, or the built-in quick suite.')
    .argument('[scenario...]', 'scenario files, names of built-in scenarios or their folders, or modules');
  addBaselineOptions(addRunOptions(command, 'standard'))
    .addHelpText('after', examples)
    .action(async (names: readonly string[], flags: RunFlags) => {
      const { selectBenchPlans } = await import('../select-plans.ts');
      const { runPlans } = await import('../run-plans.ts');
      process.exitCode = await runPlans(await selectBenchPlans(names, flags), flags);
    });
}

const examples = `
Examples:
  perfkit bench                               the built-in quick suite
  perfkit bench cache                         every scenario in scenarios/cache
  perfkit bench my.perfkit.yaml --profile quick
  perfkit bench ./parse.ts                    every function that the module exports
  perfkit bench cache --save-baseline main    keep the result, and then
  perfkit bench cache --baseline main         exit 4 when something got worse
  perfkit bench --json | jq .verdict`;
