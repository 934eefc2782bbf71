import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { PerfkitError, messageOf } from '../../model/errors.ts';
import { openCsvRows } from './csv-rows.ts';
import { createFeed } from './feed.ts';
import { openJsonRows, openLineRows } from './json-rows.ts';
import type { DataPlan } from '../../model/exchange-plan.ts';
import type { LoadPlan } from '../../model/plan.ts';
import type { Share } from '../arrivals/share.ts';
import type { Feed } from './feed.ts';
import type { RowSource } from './row-source.ts';

const openers = {
  csv: openCsvRows,
  json: openJsonRows,
  lines: openLineRows,
} satisfies Record<DataPlan['format'], (path: string, name: string) => RowSource>;

/** The plan's sources of data, in its order, for one thread of the load. Throws PerfkitError with file and line. */
export function openFeeds({ data = [], scenario }: LoadPlan, share: Share): Feed[] {
  return data.map((plan) => {
    const path = resolve(scenario.folder, plan.file);
    return createFeed(plan, openers[plan.format](realPath(path, plan), plan.file), scenario.seed, share);
  });
}

function realPath(path: string, { file }: DataPlan): string {
  try {
    return realpathSync(path);
  } catch (error) {
    throw new PerfkitError('io', `cannot read ${file}: ${messageOf(error)}`, { cause: error });
  }
}
