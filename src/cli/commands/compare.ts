import { Option } from 'commander';
import type { Command } from 'commander';
import { exitCodes } from '../../model/errors.ts';
import { addCompareOptions } from '../baseline/baseline-options.ts';
import { colourLevel } from '../colour.ts';
import { keepNurserySmall } from '../keep-nursery-small.ts';
import type { CompareFlags } from '../baseline/baseline-options.ts';

interface Flags extends CompareFlags {
  readonly format: 'terminal' | 'markdown' | 'json';
  readonly json?: boolean;
  readonly output?: string;
  readonly exitZero?: boolean;
}

export function addCompare(program: Command): void {
  const command = program
    .command('compare')
    .description('Compare two results: what got better or worse, and how sure that is.')
    .argument('<base>', 'a result.json, the folder of a run, or the name of a baseline in reports/baselines')
    .argument('<head>', 'what is compared with it');
  addCompareOptions(command)
    .addOption(
      new Option('-f, --format <name>', 'how to print it')
        .choices(['terminal', 'markdown', 'json'])
        .default('terminal'),
    )
    .option('--json', 'the same as --format json')
    .option('-o, --output <file>', 'write to this file instead of stdout')
    .option('--exit-zero', 'exit 0 whatever the outcome (report only)')
    .addHelpText('after', help)
    .action(async (base: string, head: string, flags: Flags) => {
      keepNurserySmall();
      const { compare, comparisonExitCode, comparisonReporters, readResult, writeFileAtomic } =
        await import('../../index.ts');
      const { findResult } = await import('../baseline/baseline-file.ts');
      const { compareOptions } = await import('../baseline/open-baseline.ts');
      const [baseLabel, headLabel] = [await findResult(base), await findResult(head)];
      const comparison = compare(await readResult(baseLabel), await readResult(headLabel), {
        ...compareOptions(flags),
        baseLabel,
        headLabel,
      });
      const toFile = flags.output !== undefined;
      const text = comparisonReporters[flags.json === true ? 'json' : flags.format](comparison, {
        colourLevel: toFile ? 0 : colourLevel(process.stdout),
        width: process.stdout.columns ?? 120,
      });
      if (flags.output === undefined) process.stdout.write(text);
      else await writeFileAtomic(flags.output, text);
      process.exitCode = flags.exitZero === true ? exitCodes.pass : comparisonExitCode(comparison);
    });
}

const help = `
Every series gets a verdict: better, worse, same, or cannot tell. Worse means that a change beyond the threshold is shown
(97.5 %, for all series that decide together); same, that one is ruled out. A bench is judged by its rounds, a load by its
seconds. "found from" is the smallest change for the worse that would have been found four times out of five.
The two must come from the same scenario, machine and Node (see --advisory), and an invalid run is never compared.

Exit codes: 0 same or better (or cannot tell), 4 worse, 5 not comparable, no data, or with --strict cannot tell,
            2 a result that cannot be read

Examples:
  perfkit compare reports/2026-11-21T10-15-30-cache-get-4711 reports/2026-11-21T11-02-10-cache-get-4720
  perfkit compare main result.json --gate throughput --threshold 3%
  perfkit compare main result.json --format markdown -o comparison.md`;
