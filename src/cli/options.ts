import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import type { BaselineFlags } from './baseline/baseline-options.ts';
import { parseCount, parseDurationNs, parseRatePerSecond, parseRatio } from '../model/units.ts';

/** What `bench` and `load` share. */
export interface RunFlags extends BaselineFlags {
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
      'also write this report; can be repeated (terminal, pull-request, junit, github, gitlab, code-quality, csv, hgrm)',
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

/** What describes the request in the URL form; times in ns. */
export interface RequestFlags extends ConnectionFlags {
  readonly connections?: number;
  readonly method?: string;
  readonly header?: readonly string[];
  readonly body?: string;
  readonly timeout?: number;
}

export function addRequestOptions(command: Command): Command {
  const described = command
    .option('-m, --method <method>', 'request method (default: GET)')
    .option('-H, --header <header>', 'request header "Name: value"; can be repeated', collect)
    .option('-b, --body <body>', 'request body, or @file')
    .option('-t, --timeout <time>', 'how long a reply may take (default: 10s)', durationNs);
  return addConnectionOptions(described);
}

/** How the server is spoken to. */
export interface ConnectionFlags {
  readonly insecure?: boolean;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly http2?: boolean;
  readonly pipelining?: number;
  /** False with --no-keepalive. */
  readonly keepalive?: boolean;
}

function addConnectionOptions(command: Command): Command {
  return command
    .option('-k, --insecure', 'https: accept any certificate')
    .option('--ca <file>', 'https: PEM file of the authorities to trust')
    .option('--cert <file>', 'https: PEM file of a client certificate')
    .option('--key <file>', 'https: PEM file of its key')
    .option('--http2', 'speak HTTP/2')
    .option('-p, --pipelining <n>', 'requests at a time on each connection (default: 1)', positiveCount)
    .option('--no-keepalive', 'a new connection for each request');
}

/** Limits of what is done to a server. */
export interface SafetyFlags {
  readonly maxRate?: number;
  readonly maxConnections?: number;
  /** False with --no-abort. */
  readonly abort: boolean;
}

export function addSafetyOptions(command: Command): Command {
  return command
    .option(
      '--max-rate <n>',
      'what a host other than this machine gets at most, a second (default: 10000)',
      ratePerSecond,
    )
    .option(
      '--max-connections <n>',
      'connections that a host other than this machine gets at most (default: 1000)',
      positiveCount,
    )
    .option('--no-abort', 'go on although nearly every request has failed for ten seconds');
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

/** `5%` or `0.05`. */
export function ratio(text: string): number {
  const value = parseRatio(text);
  if (value === null || !(value > 0)) throw new InvalidArgumentError('Expected a share such as 5%.');
  return value;
}

/** `1000`, `5k` or `5k/s`, a second. */
export function ratePerSecond(text: string): number {
  const value = parseRatePerSecond(text) ?? parseCount(text);
  if (value === null || !(value > 0))
    throw new InvalidArgumentError('Expected requests a second, such as 1000, 5k or 300/min.');
  return value;
}
