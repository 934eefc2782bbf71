import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import { durationNs, wholeNumber } from '../options.ts';
import type { RunFlags } from '../options.ts';

/** What `perfkit bench` takes to compare two versions. */
export interface VersionFlags extends RunFlags, TimeFlags {
  readonly refs?: string;
  readonly base?: string;
  readonly head?: string;
  readonly build?: string;
  readonly pairs?: number;
  readonly turns?: boolean;
}

/** In place of the scenario's times, in ns. */
export interface TimeFlags {
  readonly for?: number;
  readonly warmup?: number;
}

export function addTimeOptions(command: Command): Command {
  return command
    .option('--for <time>', "time of one round of one subject, in place of the scenario's", durationNs)
    .option('--warmup <time>', 'time of its warm-up', durationNs);
}

export function addVersionOptions(command: Command): Command {
  return command
    .option('--refs <a..b>', 'compare two git refs, pair by pair; a...b: b with where it parted from a')
    .option('--base <what>', 'compare with this version: a git ref, a folder, or npm:NAME@VERSION')
    .option('--head <what>', 'the version compared with it (default: ., the working tree)')
    .option('--build <command>', 'how a ref is built, or none (default: npm run build, if there is one)')
    .option('--pairs <n>', 'pairs at most, 5 to 160 (default: 40)', pairCount)
    .option('--no-turns', 'one side to its end before the other begins: for what cannot be there twice');
}

/** Whether the flags ask for a comparison of versions. */
export function comparesVersions({ refs, base, head }: VersionFlags): boolean {
  return refs !== undefined || base !== undefined || head !== undefined;
}

export function pairCount(text: string): number {
  const value = wholeNumber(text);
  if (value < 5 || value > 160) throw new InvalidArgumentError('Expected a whole number from 5 to 160.');
  return value;
}
