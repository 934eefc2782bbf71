import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import { parseDurationNs } from '../../model/units.ts';
import {
  addRequestOptions,
  addSafetyOptions,
  durationNs,
  positiveCount,
  ratePerSecond,
  ratio,
  wholeNumber,
} from '../options.ts';
import type { RequestFlags, SafetyFlags } from '../options.ts';

/** Times in ns, rates a second, shares as ratios. */
export interface CapacityFlags extends RequestFlags, SafetyFlags {
  readonly from?: number;
  readonly max?: number;
  readonly precision?: number;
  readonly step?: number;
  readonly warmup?: number;
  readonly soak?: number;
  readonly pause?: number;
  readonly workers?: number;
  readonly json?: boolean;
  readonly out?: string;
  readonly seed?: number;
  readonly quiet?: boolean;
  readonly exitZero?: boolean;
}

export function addCapacity(program: Command): void {
  const command = program
    .command('capacity')
    .description('Find the highest rate at which the targets hold.')
    .argument('[scenario|url]', 'http://host:port/path, a load scenario, or nothing for a built-in server')
    .option('--from <rate>', 'lowest rate, where the search begins (default: 100/s)', ratePerSecond)
    .option(
      '--max <rate>',
      'highest rate to try (default: 1M/s on this machine, 10k/s elsewhere)',
      ratePerSecond,
    )
    .option('--precision <share>', 'how close the result is to what fails (default: 5%)', ratio)
    .option(
      '--step <time>',
      'how long a rate is measured (default: 10s; longer where percentiles need it)',
      durationNs,
    )
    .option('--warmup <time>', 'load before each measurement (default: a fifth of --step)', pauseNs)
    .option('--soak <time>', 'how long the result has to hold in the end (default: 30s)', durationNs)
    .option('--pause <time>', 'quiet between steps, for the queue to drain (default: 2s)', pauseNs)
    .option(
      '-c, --connections <n>',
      'requests in flight at most (default: a tenth of the rate, 10 to 1000)',
      positiveCount,
    )
    .option('--workers <n>', 'threads that share the load exactly, a core each (default: 1)', positiveCount);
  addSafetyOptions(addRequestOptions(command))
    .option('--json', 'print the result as one JSON document on stdout, and nothing else there')
    .option(
      '--out <dir>',
      'folder for capacity.json, the report and the steps (default: reports/<time>-<name>)',
    )
    .option('--seed <n>', 'seed of every random choice', wholeNumber)
    .option('--quiet', 'no progress and no report on the terminal; the exit code tells')
    .option('--exit-zero', 'exit 0 whatever was found (report only)')
    .addHelpText('after', help)
    .action(async (source: string | undefined, flags: CapacityFlags) => {
      const { searchCapacity } = await import('../search-capacity.ts');
      process.exitCode = await searchCapacity(source, flags);
    });
}

function pauseNs(text: string): number {
  const value = parseDurationNs(text);
  if (value === null || value < 0)
    throw new InvalidArgumentError('Expected a duration with a unit, such as 2s or 0s.');
  return value;
}

const help = `
Each step sends requests at a fixed rate, on time whatever the server does. The rate doubles until the targets fail,
then the gap is halved, then the result must hold for a soak. A step that fails is run once more before it counts.
A scenario's targets are held against every step; without targets on latency and on errors these are:
response_time p99 < 100ms, errors rate < 1%. A step also fails when less than 95 % of the requests are answered in time.
A scenario with \`subjects\` is searched once for each, one server after the other; targets such as
"capacity{subject:on} rate >= reference * 2" or "capacity rate >= 500/s" are then judged, and decide the exit code.

Examples:
  perfkit capacity http://127.0.0.1:8080/
  perfkit capacity api.perfkit.yaml --from 50 --max 5k --precision 2%
  perfkit capacity api.perfkit.yaml --step 30s --soak 5m --json
  perfkit capacity https://127.0.0.1:8443/ -k --http2 -p 100 --workers 2

Exit codes: 0 found (and every capacity target holds), 2 usage or scenario error,
            3 the targets fail at the lowest rate already, or a capacity target failed,
            5 undecided, or the generator was the limit, 130/143 interrupted (the table so far is written)`;
