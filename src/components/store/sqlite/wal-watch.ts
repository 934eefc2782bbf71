import { statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';

export interface WalWatchOptions {
  readonly path: string;
  readonly limitBytes: number;
  readonly busyTimeoutMs: number;
  readonly now: () => number;
}

export interface WalStats {
  /** Of the log when it was last looked at. */
  readonly walBytes: number;
  readonly largestWalBytes: number;
  /** Checkpoints forced because the log was over its limit, and those of them that a reader kept from finishing. */
  readonly checkpoints: number;
  readonly starved: number;
}

const commitsBetweenLooks = 32;
const starvedPauseMs = 1_000;

/**
 * Keeps the write-ahead log short. SQLite copies it back at commits by itself, but starts it anew only in a moment
 * without readers: under steady reads it grows without end (5 to 7 GB were seen) and every read searches it. This looks
 * at its size now and then, and when it is over the limit asks for a checkpoint that truncates it; a reader that is in
 * the way is not waited for, the next try comes a second later.
 */
export class WalWatch {
  readonly #database: DatabaseSync;
  readonly #options: WalWatchOptions;
  #commits = 0;
  #walBytes = 0;
  #largestWalBytes = 0;
  #checkpoints = 0;
  #starved = 0;
  #notBeforeMs = Number.NEGATIVE_INFINITY;

  constructor(database: DatabaseSync, options: WalWatchOptions) {
    this.#database = database;
    this.#options = options;
  }

  /** To be called after each commit, with how many rows it had. */
  committed(rows: number): void {
    this.#commits += rows;
    if (this.#commits < commitsBetweenLooks) return;
    this.#commits = 0;
    this.#walBytes = walBytes(this.#options.path);
    this.#largestWalBytes = Math.max(this.#largestWalBytes, this.#walBytes);
    if (this.#walBytes <= this.#options.limitBytes || this.#options.now() < this.#notBeforeMs) return;
    try {
      this.checkpoint();
    } catch {
      // The commit stands: what fails after it (a full disk) must not look as if it had failed. The log stays long.
      this.#starved++;
      this.#notBeforeMs = this.#options.now() + starvedPauseMs;
    }
  }

  /** Copy the log back and truncate it; false when a reader or writer was in the way. */
  checkpoint(): boolean {
    const { path, busyTimeoutMs, now } = this.#options;
    this.#checkpoints++;
    this.#database.exec('PRAGMA busy_timeout = 0');
    try {
      const result = this.#database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get();
      const done = result?.['busy'] === 0;
      if (!done) {
        this.#starved++;
        this.#notBeforeMs = now() + starvedPauseMs;
      }
      this.#walBytes = walBytes(path);
      return done;
    } finally {
      this.#database.exec(`PRAGMA busy_timeout = ${Math.ceil(busyTimeoutMs)}`);
    }
  }

  stats(): WalStats {
    return {
      walBytes: this.#walBytes,
      largestWalBytes: this.#largestWalBytes,
      checkpoints: this.#checkpoints,
      starved: this.#starved,
    };
  }
}

function walBytes(path: string): number {
  return statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
}
