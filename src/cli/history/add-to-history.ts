import { appendHistory, findCommit, historyEntryOf, readResult } from '../../index.ts';
import { PerfkitError, exitCodes, messageOf } from '../../model/errors.ts';
import { findResult } from '../baseline/baseline-file.ts';
import { faultsOf } from '../baseline/save-baseline.ts';
import { inertLines } from '../errors.ts';
import type { HistoryEntry, MeasuredCommit } from '../../index.ts';

export interface AddFlags {
  readonly file: string;
  readonly commit?: string;
}

/**
 * Add the runs of results to a history. Runs that must not decide anything (invalid, cut short, without data) are left
 * out and told, and the others are added. Gives the exit code: 0, or 5 when one was left out. Throws PerfkitError, and
 * adds nothing, when a result or the history cannot be read or written.
 */
export async function addToHistory(results: readonly string[], flags: AddFlags): Promise<number> {
  const { file } = flags;
  const found = await findCommit({ folder: process.cwd(), file, env: process.env });
  const commit: MeasuredCommit = flags.commit === undefined ? found : { commit: flags.commit, dirty: false };
  const entries: HistoryEntry[] = [];
  const refused: string[] = [];
  for (const name of results) {
    const path = await findResult(name);
    const document = await readResult(path);
    const runs = document.schema === 'perfkit/suite@1' ? document.results : [document];
    if (runs.length === 0) refused.push(`${path}: it holds no run`);
    for (const run of runs) {
      const [fault] = faultsOf(run);
      const made = fault === undefined ? entryOf(run, commit) : fault;
      if (typeof made === 'string') refused.push(`${path}: ${run.scenario.name}: ${made}`);
      else entries.push(made);
    }
  }
  const { added, known } = await appendHistory(file, entries);
  tell(
    `${added.length} ${added.length === 1 ? 'run' : 'runs'} added to ${file}${added.length === 0 ? '' : at(commit)}`,
  );
  if (known.length > 0) tell(`${known.length} ${known.length === 1 ? 'was' : 'were'} there already`);
  for (const reason of refused) tell(`left out: ${reason}`);
  return refused.length === 0 ? exitCodes.pass : exitCodes.invalid;
}

/** The entry, or why there is none. */
function entryOf(run: Parameters<typeof historyEntryOf>[0], commit: MeasuredCommit): HistoryEntry | string {
  try {
    const { entry, leftOut } = historyEntryOf(run, commit);
    if (entry.series.length === 0) return 'none of its series has the samples to decide anything';
    if (leftOut > 0) tell(`${run.scenario.name}: ${leftOut} values are left out, 200 are kept`);
    return entry;
  } catch (error) {
    if (error instanceof PerfkitError) return messageOf(error);
    throw error;
  }
}

function at({ commit, dirty }: MeasuredCommit): string {
  if (commit === null) return '; no commit is known (git, CI variables, --commit)';
  return ` at ${commit.slice(0, 10)}${dirty ? ', with changes that are not committed' : ''}`;
}

function tell(line: string): void {
  process.stderr.write(`${inertLines(line)}\n`);
}
