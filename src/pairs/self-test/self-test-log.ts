import { createHash } from 'node:crypto';
import { appendFile, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PairedLook, PairedSettings } from '../../model/paired.ts';
import type { BenchPlan } from '../../model/plan.ts';
import { PerfkitError } from '../../model/errors.ts';
import { isRecord } from './to-record.ts';
import type { SelfTestRecord } from './self-test-record.ts';

export interface SelfTestLog {
  /** Comparisons of an earlier run with the same settings. */
  readonly done: readonly SelfTestRecord[];
  readonly add: (record: SelfTestRecord) => Promise<void>;
}

const fileName = 'comparisons.jsonl';
const maxBytes = 64 * 1024 * 1024;

/**
 * Open the log of a self-test in a folder: what an earlier run of the same has left is gone on with. Every comparison is
 * a line of JSON, written when it has ended. Throws PerfkitError when the log is of other settings.
 */
export async function openSelfTestLog(
  folder: string,
  plans: readonly BenchPlan[],
  settings: { readonly settings: PairedSettings; readonly looks: readonly PairedLook[] },
): Promise<SelfTestLog> {
  const file = join(folder, fileName);
  const head = JSON.stringify({ schema: 'perfkit/gate-self-test-log@2', of: keyOf(plans, settings) });
  const text = await readIfThere(file);
  const [first, ...lines] = (text ?? '').split('\n');
  if (text === null || text === '') await writeFile(file, `${head}\n`);
  else if (first !== head) {
    throw new PerfkitError(
      'usage',
      `${file} is of a self-test with other scenarios, times or settings: choose another folder with --out DIR`,
    );
  } else if (!text.endsWith('\n')) await appendFile(file, '\n');
  return {
    done: lines.flatMap((line) => {
      const record = parse(line);
      return isRecord(record) ? [record] : [];
    }),
    add: (record) => appendFile(file, `${JSON.stringify(record)}\n`),
  };
}

function keyOf(plans: readonly BenchPlan[], settings: unknown): string {
  const hashes = plans.map(({ scenario }) => scenario.hash);
  return createHash('sha256')
    .update(JSON.stringify([hashes, settings]))
    .digest('hex')
    .slice(0, 16);
}

async function readIfThere(file: string): Promise<string | null> {
  const info = await stat(file).catch(() => null);
  if (info === null) return null;
  if (info.size > maxBytes)
    throw new PerfkitError('usage', `${file} has ${info.size} bytes: choose another folder with --out DIR`);
  return await readFile(file, 'utf8');
}

/** A line that was cut off in the middle is no record. */
function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
