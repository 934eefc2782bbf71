import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { nowNs } from '../../measure/clock.ts';
import { PerfkitError } from '../../model/errors.ts';
import { reasonOf } from '../system-reason.ts';
import type { Clock } from '../../measure/clock.ts';

/** The part of a FileHandle that a log needs. */
export interface LogHandle {
  appendFile(text: string): Promise<void>;
  datasync(): Promise<void>;
  close(): Promise<void>;
}

export interface LogFileOptions {
  /** Told once, when the file cannot be written; everything after is dropped. */
  readonly failed: (error: PerfkitError) => void;
  /** For tests. */
  readonly open?: (path: string) => Promise<LogHandle>;
  readonly now?: Clock;
}

/** What is kept after a crash of the machine is at most so old. */
const syncEveryNs = 5e9;
/** A disk that hangs must not fill the memory. */
const maxBufferedChars = 64 * 1024 * 1024;

/**
 * A file that grows at its end. `append` only puts the text into a buffer, which is written in the background, one
 * write at a time; the file is made with the first. A file system that fails is told once, and never stops the run.
 */
export class LogFile {
  readonly #path: string;
  readonly #failed: (error: PerfkitError) => void;
  readonly #open: (path: string) => Promise<LogHandle>;
  readonly #now: Clock;
  #handle: LogHandle | null = null;
  #buffer: string[] = [];
  #bufferedChars = 0;
  #writing: Promise<void> | null = null;
  #syncedNs: number;
  #broken = false;

  constructor(path: string, { failed, open: openFile = createFile, now = nowNs }: LogFileOptions) {
    this.#path = path;
    this.#failed = failed;
    this.#open = openFile;
    this.#now = now;
    this.#syncedNs = now();
  }

  append(text: string): void {
    if (this.#broken) return;
    this.#buffer.push(text);
    this.#bufferedChars += text.length;
    if (this.#bufferedChars > maxBufferedChars)
      this.#fail(new Error('the disk does not take what is written'));
    this.#writing ??= this.#write();
  }

  /** Write what is left, to the disk itself, and close. Never rejects. */
  async close(): Promise<void> {
    await this.#writing;
    const handle = this.#handle;
    if (handle === null) return;
    this.#handle = null;
    try {
      if (!this.#broken) await handle.datasync();
    } catch (error) {
      this.#fail(error);
    } finally {
      await handle.close().catch(() => undefined);
    }
  }

  async #write(): Promise<void> {
    try {
      this.#handle ??= await this.#open(this.#path);
      while (this.#buffer.length > 0 && !this.#broken) {
        const text = this.#buffer.join('');
        this.#buffer = [];
        this.#bufferedChars = 0;
        await this.#handle.appendFile(text);
        if (this.#now() - this.#syncedNs < syncEveryNs) continue;
        this.#syncedNs = this.#now();
        await this.#handle.datasync();
      }
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#writing = null;
    }
  }

  #fail(error: unknown): void {
    if (this.#broken) return;
    this.#broken = true;
    this.#buffer = [];
    const what = `cannot write the log ${this.#path}: ${reasonOf(error)}; the run goes on without it`;
    this.#failed(new PerfkitError('io', what, { cause: error }));
  }
}

async function createFile(path: string): Promise<LogHandle> {
  await mkdir(dirname(path), { recursive: true });
  return await open(path, 'w');
}
