import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import { keepNurserySmall } from '../keep-nursery-small.ts';
import { positiveCount } from '../options.ts';
import type { AddFlags } from '../history/add-to-history.ts';
import type { ShowFlags } from '../history/show-history.ts';

const usualFile = 'reports/history.jsonl';

export function addHistory(program: Command): void {
  const command = program
    .command('history')
    .description('How results went from run to run, and at which commits they changed for good.')
    .argument('[scenario]', 'only this one')
    .option('--file <file>', 'the history', usualFile)
    .option('--metric <metric>', 'only this metric')
    .option('--last <n>', 'newest runs that are looked at', lastRuns, 200)
    .addOption(
      new Option('-f, --format <name>', 'how to print it')
        .choices(['terminal', 'markdown', 'json'])
        .default('terminal'),
    )
    .option('--json', 'the same as --format json')
    .option('-o, --output <file>', 'write to this file instead of stdout')
    .addHelpText('after', help)
    .action(async (scenario: string | undefined, flags: ShowFlags) => {
      const { showHistory } = await import('../history/show-history.ts');
      process.exitCode = await showHistory(scenario, flags);
    });
  const add = command
    .command('add')
    .description('Add results to the history, a line for each run of a scenario.')
    .argument('<result...>', 'a result.json, the folder of a run, or the name of a baseline')
    .option('--commit <name>', 'what was measured (default: from git, else from the CI service)', commitName)
    .addHelpText('after', addHelp)
    .action(async (results: readonly string[], _: unknown, sub: Command) => {
      keepNurserySmall();
      const { addToHistory } = await import('../history/add-to-history.ts');
      // --file is an option of `history`, wherever it stands
      process.exitCode = await addToHistory(results, sub.optsWithGlobals<AddFlags>());
    });
  add.exitOverride();
}

function lastRuns(text: string): number {
  const value = positiveCount(text);
  if (value > 2000) throw new InvalidArgumentError('Expected at most 2000 runs.');
  return value;
}

function commitName(text: string): string {
  if (!/^[\w./+-]{1,100}$/.test(text))
    throw new InvalidArgumentError('Expected a commit or tag, such as 1a2b3c4 or v1.2.0.');
  return text;
}

const help = `
Each series that decides comparisons is shown with its newest value, the change since the run before and since the median of
the ten before, and the points where its level changed for good: E-divisive with t tests, p at most 0.001, three runs on
either side, from 1 % on. The cause of such a change lies between the two commits that are named.
Only runs of one machine, runtime and form of a scenario are compared; the others are shown apart. It tells and never fails.

The file holds a JSON line a run, to be committed, or kept as an artifact. Lines may be in any order and there twice, so
branches merge by keeping both sides; in .gitattributes:  reports/history.jsonl merge=union

Exit codes: 0 shown, whatever changed, 2 the file is missing or no history, 5 there is nothing to show

Examples:
  perfkit bench cache --out reports/now && perfkit history add reports/now     on the main branch, in one job
  perfkit history
  perfkit history cache/get --metric throughput --last 50
  perfkit history --format markdown >> "$GITHUB_STEP_SUMMARY"
  perfkit history --json | jq '.scenarios[].groups[0].trends[] | select(.changePoints != [])'`;

const addHelp = `
Runs that are invalid, interrupted, stopped or without data are left out and told (exit 5); the others are added. A run that
is there already stays as it is, so adding twice does no harm.

Exit codes: 0 all are in the history, 2 a file that cannot be read or written (nothing is added), 5 a run was left out

Examples:
  perfkit history add reports/2026-11-21T10-15-30-cache-get-4711
  perfkit history add reports/*/result.json --commit v1.2.0 --file reports/releases.jsonl`;
