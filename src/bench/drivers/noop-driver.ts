import type { Driver } from '../subjects/driver.ts';
import { OptionReader } from './read-options.ts';

/** An empty function: what the measuring loop itself costs. A run of it is flagged, as any optimised-away operation. */
export const noopDriver: Driver = {
  create({ options }) {
    new OptionReader('noop', options).end();
    return { operations: { run: () => undefined } };
  },
};
