import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

const script = join(import.meta.dirname, 'serve-process.ts');

/** A machine that stands still for half a minute is no reason to give up. */
const patient = {
  CONNECTION_TIMEOUT: '300s',
  HEADERS_TIMEOUT: '300s',
  REQUEST_TIMEOUT: '300s',
  DRAIN_TIMEOUT: '120s',
};

export interface ServerProcess {
  readonly pid: number;
  readonly port: number;
  readonly stderr: () => string;
  readonly kill: (signal: NodeJS.Signals) => void;
  /** Its exit code, or the signal that ended it. */
  readonly exited: Promise<number | string | null>;
  readonly post: (path: string, body: unknown) => Promise<ProcessReply>;
  readonly get: (path: string) => Promise<ProcessReply>;
}

interface ProcessReply {
  readonly status: number;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into replies as they please
  readonly json: any;
}

export interface ServerProcessOptions {
  /** Run the command with this one, such as `unshare`. */
  readonly wrapper?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** `perfkit serve` as a process of its own, on this folder, once it listens. Killed at the end of the test. */
export async function startServerProcess(
  context: TestContext,
  dataFolder: string,
  { wrapper = [], env = {} }: ServerProcessOptions = {},
): Promise<ServerProcess> {
  const { child, exited, stderr } = run(context, dataFolder, { wrapper, env });
  let stdout = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  while (!stdout.includes('\n')) {
    const code = await Promise.race([
      new Promise<null>((resolve) => child.stdout?.once('data', () => resolve(null))),
      exited.then((end) => ({ end })),
    ]);
    if (code !== null) throw new Error(`it ended (${code.end}) before it listened: ${stderr()}`);
  }
  const { port }: { port: number } = JSON.parse(stdout);
  const ask = async (path: string, init: RequestInit): Promise<ProcessReply> => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, init);
    const text = await response.text();
    return { status: response.status, json: text === '' ? null : JSON.parse(text) };
  };
  return {
    pid: child.pid ?? 0,
    port,
    stderr,
    kill: (signal) => void child.kill(signal),
    exited,
    post: (path, body) =>
      ask(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    get: (path) => ask(path, {}),
  };
}

/** Run it where it cannot start: what it said, and its exit code. */
export async function failingServerProcess(
  context: TestContext,
  dataFolder: string,
): Promise<{ readonly code: number | string | null; readonly stderr: string }> {
  const { exited, stderr } = run(context, dataFolder, { wrapper: [], env: {} });
  const code = await exited;
  return { code, stderr: stderr() };
}

/** Why a folder cannot have a small disk of its own here; null when it can. */
export function whyNoSmallDisk(): string | null {
  const { status, stderr, error } = spawnSync('unshare', [...privateMounts, 'mount -t tmpfs none /mnt'], {
    encoding: 'utf8',
  });
  return status === 0 ? null : `no file system can be mounted: ${error?.message ?? stderr.trim()}`;
}

/** A command that gives what it runs a disk of `bytes` at `folder`, which is gone when that ends. */
export function onSmallDisk(folder: string, bytes: number): string[] {
  const mount = `mount -t tmpfs -o size=${bytes} none "$0" && exec "$@"`;
  return ['unshare', ...privateMounts, mount, folder];
}

const privateMounts = ['--mount', '--propagation', 'private', 'sh', '-c'];

function run(context: TestContext, dataFolder: string, { wrapper = [], env = {} }: ServerProcessOptions) {
  const serve = ['serve', '--port', '0', '--json', '--passages', '64', '--records', '100'];
  const [program, ...args] = [...wrapper, process.execPath, script, ...serve, '--data', dataFolder];
  const child = spawn(program, args, {
    env: { ...process.env, ...patient, NODE_TEST_CONTEXT: undefined, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  const exited = once(child, 'exit').then(([code, signal]: unknown[]) =>
    typeof code === 'number' || typeof signal !== 'string' ? Number(code) : signal,
  );
  context.after(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  return { child, exited, stderr: () => text };
}
