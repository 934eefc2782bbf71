import type { Command } from 'commander';
import { addBaselineOptions } from '../baseline/baseline-options.ts';
import { addRunOptions } from '../options.ts';
import { PerfkitError } from '../../model/errors.ts';
import { addTimeOptions, addVersionOptions, comparesVersions } from '../versions/version-options.ts';
import type { VersionFlags } from '../versions/version-options.ts';

export function addBench(program: Command): void {
  const command = program
    .command('bench')
    .description('Measure code: scenarios, the functions of a module, or the built-in quick suite.')
    .argument('[scenario...]', 'scenario files, names of built-in scenarios or their folders, or modules');
  addVersionOptions(addBaselineOptions(addTimeOptions(addRunOptions(command, 'standard'))))
    .addHelpText('after', examples)
    .action(async (names: readonly string[], flags: VersionFlags) => {
      if (comparesVersions(flags)) {
        const { compareVersions } = await import('../versions/compare-versions.ts');
        process.exitCode = await compareVersions(names, flags);
        return;
      }
      refuseVersionFlags(flags);
      const { selectBenchPlans } = await import('../select-plans.ts');
      const { runPlans } = await import('../run-plans.ts');
      process.exitCode = await runPlans(await selectBenchPlans(names, flags), flags);
    });
}

function refuseVersionFlags({ build, pairs, turns }: VersionFlags): void {
  const name =
    build !== undefined ? '--build' : pairs !== undefined ? '--pairs' : turns === false ? '--no-turns' : null;
  if (name === null) return;
  throw new PerfkitError('usage', `${name} goes with two versions: --refs A..B, or --base and --head`);
}

const examples = `
With --refs, or --base and --head, the scenario (the head's file) is run with two versions of the modules that it names, in
turns of some milliseconds and each time in a fresh process: 10, 20 or 40 pairs, until they show that it got slower (exit 4) or that it did not
(exit 0). Refs are checked out and built in a temporary folder; ./folders are taken as they are.

Examples:
  perfkit bench                               the built-in quick suite
  perfkit bench cache                         every scenario in scenarios/cache
  perfkit bench my.perfkit.yaml --profile quick
  perfkit bench ./parse.ts                    every function that the module exports
  perfkit bench cache --save-baseline main    keep the result, and then
  perfkit bench cache --baseline main         exit 4 when something got worse
  perfkit bench my.perfkit.yaml --refs main..HEAD           two git refs, pair by pair
  perfkit bench my.perfkit.yaml --refs origin/main...HEAD   HEAD against where it left main, as for a pull request
  perfkit bench my.perfkit.yaml --base main                 the working tree as it is against main
  perfkit bench ./parse.ts --base v1.2.0 --build none --gate throughput
  perfkit bench lru.perfkit.yaml --base npm:lru-cache@10.4.3 --head npm:lru-cache@11.2.2
  perfkit bench --json | jq .verdict`;
