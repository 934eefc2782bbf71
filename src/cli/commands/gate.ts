import { Option } from 'commander';
import type { Command } from 'commander';
import { PerfkitError } from '../../model/errors.ts';
import { collect, durationNs, positiveCount, wholeNumber } from '../options.ts';
import { pairCount } from '../versions/version-options.ts';
import type { TimeFlags } from '../versions/version-options.ts';

export interface GateFlags extends TimeFlags {
  readonly selfTest?: boolean;
  readonly scenario?: readonly string[];
  readonly comparisons: number;
  readonly perBout: number;
  readonly injected?: number;
  readonly pairs?: number;
  readonly profile: 'quick' | 'standard' | 'full';
  readonly seed?: number;
  readonly json?: boolean;
  readonly out?: string;
  readonly quiet?: boolean;
  readonly exitZero?: boolean;
}

export function addGate(program: Command): void {
  program
    .command('gate')
    .description(
      'Find out what a comparison of two versions (perfkit bench --refs) is worth on this machine.',
    )
    .argument('[scenario...]', 'bench scenarios; the first subject of each is measured')
    .option('--self-test', 'compare versions with themselves, and with themselves made slower')
    .option('--scenario <name>', 'one more scenario; can be repeated', collect)
    .option(
      '--comparisons <n>',
      'comparisons of a version with itself; the base of each also has one of +5% and one of +10%',
      positiveCount,
      6,
    )
    .option('--per-bout <n>', 'so many comparisons share their controls', positiveCount, 1)
    .option('--injected <n>', 'only so many bases, the first, have slow-downs (default: all)', wholeNumber)
    .option('--pairs <n>', 'pairs at most in each, 5 to 160 (default: 40)', pairCount)
    .addOption(
      new Option('--profile <name>', 'how long a process measures')
        .choices(['quick', 'standard', 'full'])
        .default('standard'),
    )
    .option('--for <time>', 'time that a process measures, in place of that of the profile', durationNs)
    .option('--warmup <time>', 'time of its warm-up', durationNs)
    .option('--seed <n>', 'seed of every random choice', wholeNumber)
    .option('--json', 'print the result as one JSON document on stdout, and nothing else there')
    .option('--out <dir>', 'folder for the result; one of an interrupted self-test is gone on with')
    .option('--quiet', 'no progress and no report on the terminal; the exit code tells')
    .option('--exit-zero', 'exit 0 also when there were too many false alarms')
    .addHelpText('after', help)
    .action(async (names: readonly string[], flags: GateFlags) => {
      if (flags.selfTest !== true) {
        throw new PerfkitError(
          'usage',
          'expected --self-test; two versions are compared with perfkit bench SCENARIO --refs main..HEAD',
        );
      }
      const { selfTest } = await import('../versions/self-test.ts');
      process.exitCode = await selfTest([...names, ...(flags.scenario ?? [])], flags);
    });
}

const help = `
In each slot one process measures the scenario as it is and stands as the base of three comparisons: with itself, and with
operations made 5 % and 10 % longer by a busy wait. Each goes by the rules of perfkit bench --refs: looks after 10, 20 and 40
pairs, a control after every second. What fails where nothing was slowed down is a false alarm, what fails where something was
is the power. The wait stands before every operation. Every comparison is kept in comparisons.jsonl as soon
as it has ended; the same command with the same --out goes on where it was interrupted.

Exit codes: 0 done, 5 more false alarms than allowed, 2 a scenario that cannot be measured, 130/143 interrupted

Examples:
  perfkit gate --self-test                              three built-in scenarios, 3 to 10 minutes
  perfkit gate --self-test my.perfkit.yaml --comparisons 20
  perfkit gate --self-test cache/get compressor/levels --comparisons 200 --per-bout 4 --injected 40 --out reports/gate`;
