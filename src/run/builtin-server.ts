import { fork } from 'node:child_process';
import { once } from 'node:events';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PerfkitError } from '../model/errors.ts';
import type { ServerOptions } from '../model/plan.ts';

export interface BuiltinServer {
  /** `http://127.0.0.1:port` */
  readonly origin: string;
  /** Of its process. */
  readonly pid: number | null;
  readonly stop: () => Promise<void>;
}

// Three instances that fill a database take some ten seconds on a busy machine.
const startWithinMs = 60_000;
const stopWithinMs = 5_000;

/** Start one of perfkit's own servers in a process of its own. Throws PerfkitError when it does not start. */
export async function startBuiltinServer(name: string, options: ServerOptions = {}): Promise<BuiltinServer> {
  const entry = fileURLToPath(new URL(`../server/serve${extname(import.meta.url)}`, import.meta.url));
  const child = fork(entry, [name, JSON.stringify(options)], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  let complaint = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(0, 1000);
  });
  const exited = once(child, 'exit');
  const stop = async (): Promise<void> => {
    // it ends by itself when its parent goes, and tidies up; one that hangs is killed
    if (child.connected) child.disconnect();
    const timer = setTimeout(() => child.kill('SIGKILL'), stopWithinMs);
    await exited;
    clearTimeout(timer);
  };
  const waiting = new AbortController();
  const timer = setTimeout(() => waiting.abort(), startWithinMs);
  try {
    const first: unknown[] = await Promise.race([
      once(child, 'message', { signal: waiting.signal }),
      exited.then(() => []),
    ]);
    const message = first[0];
    if (
      typeof message === 'object' &&
      message !== null &&
      'port' in message &&
      typeof message.port === 'number'
    ) {
      return { origin: `http://127.0.0.1:${message.port}`, pid: child.pid ?? null, stop };
    }
    throw new Error(complaint.trim() === '' ? 'it ended without a word' : complaint.trim());
  } catch (error) {
    await stop();
    const why = waiting.signal.aborted
      ? `it said nothing within ${startWithinMs / 1000}s`
      : error instanceof Error
        ? error.message
        : String(error);
    throw new PerfkitError('target', `the built-in server ${name} did not start: ${why}`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}
