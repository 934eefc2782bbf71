import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { parseRatio } from '../../model/units.ts';
import { collect } from '../options.ts';

/** How two results are compared. */
export interface CompareFlags {
  readonly threshold?: number;
  readonly gate?: readonly string[];
  readonly advisory?: boolean;
  readonly strict?: boolean;
}

/** What `bench` and `load` do with baselines. */
export interface BaselineFlags extends CompareFlags {
  readonly baseline?: string;
  /** True without a name. */
  readonly saveBaseline?: string | true;
}

export function addCompareOptions(command: Command): Command {
  return command
    .option(
      '--threshold <share>',
      'smallest change that counts, such as 5% (P99: twice of it; with two versions P95 5/3 and P99 10/3)',
      threshold,
    )
    .option('--gate <metric>', 'only this metric decides; can be repeated', collect)
    .option(
      '--advisory',
      'compare although machine, Node or scenario differ; such a comparison fails nothing',
    )
    .option('--strict', 'exit 5 where it cannot be told whether it got worse');
}

export function addBaselineOptions(command: Command): Command {
  const described = command
    .option('--baseline <file|name>', 'compare with this result, or with reports/baselines/NAME.json')
    .option(
      '--save-baseline [name]',
      'keep the result in reports/baselines (default: the name of the scenario)',
    );
  return addCompareOptions(described);
}

function threshold(text: string): number {
  const value = parseRatio(text);
  if (value === null || !(value > 0 && value < 1))
    throw new InvalidArgumentError('Expected a share between 0 and 100%, such as 5%.');
  return value;
}
