import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCache } from 'perfkit/cache';
import { createTemporaryFolder } from '../patterns/temporary-folder.ts';
import { flagOption } from '../patterns/scenario-options.ts';
import type { ScenarioContext, ScenarioSubject } from '../patterns/scenario-context.ts';
import { createStateRecords } from './state-records.ts';
import type { StateRecord } from './state-records.ts';

interface State {
  readonly revision: number;
  readonly parts: readonly StateRecord[];
}

const stateTtlMs = 60_000;
const partsOfState = 32;

/**
 * The states of `keys` users, each a file of JSON (16 KiB). `getState` reads and parses it; option cache keeps it for
 * 60 s. `setState` changes the state and persists it before it returns, through a temporary file.
 */
export function createCachedState(
  options: Readonly<Record<string, unknown>>,
  { workload, random, keySequence }: ScenarioContext,
): ScenarioSubject {
  const folder = createTemporaryFolder();
  mkdirSync(join(folder.path, 'states'));
  const make = createStateRecords(random);
  const files = Array.from({ length: workload.keys }, (_, user) =>
    join(folder.path, 'states', `${user}.json`),
  );
  const revisions = new Uint32Array(workload.keys);
  const persist = (user: number, state: State): void => {
    const file = files[user] ?? '';
    writeFileSync(`${file}.new`, JSON.stringify(state));
    renameSync(`${file}.new`, file);
  };
  for (let user = 0; user < workload.keys; user++) {
    persist(user, { revision: 0, parts: Array.from({ length: partsOfState }, (_, part) => make(part)) });
  }
  const cache = flagOption(options, 'cache', true)
    ? createCache<number, State>({ policy: 'lru', max: workload.keys, ttl: stateTtlMs })
    : null;
  const getState = (user: number): State => {
    const kept = cache?.get(user);
    if (kept !== undefined) return kept;
    const state: unknown = JSON.parse(readFileSync(files[user] ?? '', 'utf8'));
    if (!isState(state)) throw new Error(`Expected the state of user ${user}`);
    cache?.set(user, state);
    return state;
  };
  const keys = keySequence();
  const userOf = (index: number): number => keys[index & (keys.length - 1)] ?? 0;
  return {
    operations: {
      getState(index) {
        const user = userOf(index);
        const state = getState(user);
        if (state.revision !== revisions[user]) throw new Error(`Expected revision ${revisions[user]}`);
        return state;
      },
      setState(index) {
        const user = userOf(index);
        const before = getState(user);
        const state = { ...before, revision: before.revision + 1 };
        persist(user, state);
        revisions[user] = state.revision;
        cache?.set(user, state);
      },
    },
    close: folder.remove,
  };
}

function isState(value: unknown): value is State {
  return typeof value === 'object' && value !== null && 'revision' in value && 'parts' in value;
}
