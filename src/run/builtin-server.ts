import { fork } from 'node:child_process';
import { once } from 'node:events';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PerfkitError } from '../model/errors.ts';

export interface BuiltinServer {
  /** `http://127.0.0.1:port` */
  readonly origin: string;
  readonly stop: () => Promise<void>;
}

const startWithinMs = 10_000;

/** Start one of perfkit's own servers in a process of its own. Throws PerfkitError when it does not start. */
export async function startBuiltinServer(name: string): Promise<BuiltinServer> {
  const entry = fileURLToPath(new URL(`../server/serve${extname(import.meta.url)}`, import.meta.url));
  const child = fork(entry, [name], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  let complaint = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(0, 1000);
  });
  const exited = once(child, 'exit');
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await exited;
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
      return { origin: `http://127.0.0.1:${message.port}`, stop };
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
