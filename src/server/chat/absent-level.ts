import type { Level, MaybePromise } from '../../components/cache/index.ts';

/** A level whose server may be away: at the start, and any time later. */
export interface AbsentLevel<V> extends Level<V> {
  readonly stats: () => AbsentLevelStats;
}

/** Counts since the start. */
export interface AbsentLevelStats {
  readonly lookups: number;
  readonly hits: number;
  /** Calls that failed, attempts to connect among them. */
  readonly failures: number;
  /** Calls that were not made, because one had just failed. */
  readonly skipped: number;
  /** Whether the last call succeeded. */
  readonly isUp: boolean;
}

export interface AbsentLevelOptions<V> {
  readonly name: string;
  /** Called again after a failure, at most every `pauseMs`. */
  readonly connect: () => Promise<Level<V>>;
  /** After a failure the server is left alone for so long: each call may wait for a time-out. @default 1000 */
  readonly pauseMs?: number;
  readonly now: () => number;
  /** Told once when the server goes, and once when it is back. */
  readonly log: (line: string) => void;
}

/** The level of a server, its absence bounded: calls reject at once while it is away, and it is asked again after a pause. */
export async function openAbsentLevel<V>(options: AbsentLevelOptions<V>): Promise<AbsentLevel<V>> {
  const { name, connect, pauseMs = 1_000, now, log } = options;
  const counts = { lookups: 0, hits: 0, failures: 0, skipped: 0 };
  let level: Level<V> | null = null;
  let connecting: Promise<void> | null = null;
  let isUp = true;
  let isClosed = false;
  let againMs = -Infinity;

  const failed = (error: unknown): void => {
    counts.failures++;
    againMs = now() + pauseMs;
    if (isUp) log(`${name} is away, answering without it: ${messageOf(error)}`);
    isUp = false;
  };
  const succeeded = (): void => {
    if (!isUp) log(`${name} is back`);
    isUp = true;
  };
  const open = async (): Promise<void> => {
    try {
      const opened = await connect();
      if (isClosed) await opened.close();
      else level = opened;
      succeeded();
    } catch (error) {
      failed(error);
    } finally {
      connecting = null;
    }
  };
  const call = async <T>(work: (level: Level<V>) => MaybePromise<T>): Promise<T> => {
    if (isClosed || now() < againMs || connecting !== null) {
      counts.skipped++;
      throw new LevelAwayError(name);
    }
    if (level === null) {
      // Nobody waits for it: whoever asks has other ways to an answer.
      connecting = open();
      counts.skipped++;
      throw new LevelAwayError(name);
    }
    try {
      const result = await work(level);
      succeeded();
      return result;
    } catch (error) {
      if (error instanceof BadEntryError) counts.failures++;
      else failed(error);
      throw error;
    }
  };
  await open();
  return {
    name,
    isAtOnce: false,
    async get(key) {
      counts.lookups++;
      const entry = await call((to) => to.get(key));
      if (entry !== undefined) counts.hits++;
      return entry;
    },
    async getMany(keys) {
      counts.lookups += keys.length;
      const found = await call((to) => to.getMany(keys));
      counts.hits += found.size;
      return found;
    },
    set: (key, entry) => call((to) => to.set(key, entry)),
    setMany: (entries) => call((to) => to.setMany(entries)),
    deleteMany: (keys) => call((to) => to.deleteMany(keys)),
    deletePrefix: (prefix) => call((to) => to.deletePrefix(prefix)),
    clear: () => call((to) => to.clear()),
    async close() {
      isClosed = true;
      await connecting;
      try {
        await level?.close();
      } catch {
        // There is nobody to say goodbye to.
      }
    },
    stats: () => ({ ...counts, isUp }),
  };
}

/** The server is well, but what it holds is not what was put there: that entry is passed over, and the server asked on. */
export class BadEntryError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'BadEntryError';
  }
}

/** The server failed a moment ago and is not asked now. */
class LevelAwayError extends Error {
  constructor(name: string) {
    super(`${name} is away`);
    this.name = 'LevelAwayError';
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
