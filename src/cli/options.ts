import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import { parseCount, parseDurationNs, parseRatePerSecond } from '../model/units.ts';

/** What `bench` and `load` share. */
export interface RunFlags {
  readonly json?: boolean;
  readonly out?: string;
  readonly reporter?: readonly string[];
  readonly profile: 'quick' | 'standard' | 'full';
  readonly tag?: readonly string[];
  readonly seed?: number;
  readonly quiet?: boolean;
  readonly exitZero?: boolean;
}

export function addRunOptions(command: Command, defaultProfile: RunFlags['profile']): Command {
  return command
    .option('--json', 'print the result as one JSON document on stdout, and nothing else there')
    .option('--out <dir>', 'folder for result.json and the reports (default: reports/<time>-<name>)')
    .option(
      '--reporter <name>',
      'also write this report; can be repeated (terminal, markdown, json)',
      collect,
    )
    .addOption(
      new Option('--profile <name>', 'how long to run')
        .choices(['quick', 'standard', 'full'])
        .default(defaultProfile),
    )
    .option('--tag <tag>', 'only scenarios with this tag; can be repeated', collect)
    .option('--seed <n>', 'seed of every random choice', wholeNumber)
    .option('--quiet', 'no progress and no report on the terminal; the exit code tells')
    .option('--exit-zero', 'exit 0 whatever the verdict (report only)');
}

export function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

export function wholeNumber(text: string): number {
  const value = parseCount(text);
  if (value === null || !Number.isSafeInteger(value) || value < 0)
    throw new InvalidArgumentError('Expected a whole number such as 42.');
  return value;
}

export function positiveCount(text: string): number {
  const value = wholeNumber(text);
  if (value === 0) throw new InvalidArgumentError('Expected a whole number above 0.');
  return value;
}

export function durationNs(text: string): number {
  const value = parseDurationNs(text);
  if (value === null)
    throw new InvalidArgumentError('Expected a duration with a unit, such as 10s, 500ms or 2m.');
  if (value <= 0) throw new InvalidArgumentError('Expected a duration above 0.');
  return value;
}

/** `1000`, `5k` or `5k/s`, a second. */
export function ratePerSecond(text: string): number {
  const value = parseRatePerSecond(text) ?? parseCount(text);
  if (value === null || !(value > 0))
    throw new InvalidArgumentError('Expected requests a second, such as 1000, 5k or 300/min.');
  return value;
}
