import { messageOf } from '../../../model/errors.ts';
import { CheckFailed } from './function-run.ts';
import type { StepFailure } from '../../flows/exchange.ts';

/** What a function threw, with the place in its file. */
export function scriptFailure(error: unknown): StepFailure {
  if (error instanceof CheckFailed) return { failure: 'expectation', detail: error.message };
  const name = error instanceof Error && error.name !== 'Error' ? `${error.name}: ` : '';
  return { failure: 'script', detail: `${name}${messageOf(error)}${scriptPlace(error)}` };
}

/** ` at flow.ts:12:5`: the first file of the stack that is not perfkit's or Node's; '' when there is none. */
export function scriptPlace(error: unknown): string {
  if (!(error instanceof Error) || error.stack === undefined) return '';
  for (const line of error.stack.split('\n').slice(1, 20)) {
    const [, file, place] = /(file:\/\/[^)\s]+):(\d+:\d+)/.exec(line) ?? [];
    if (file === undefined || file.startsWith(ownFolder)) continue;
    return ` at ${file.slice(file.lastIndexOf('/') + 1)}:${place}`;
  }
  return '';
}

const ownFolder = new URL('../../', import.meta.url).href;
