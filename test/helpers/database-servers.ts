import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, globSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';

/** A real server that a test has started on a free loopback port, with its data in a temporary folder. */
export interface DatabaseServer {
  readonly url: string;
  /** End the process, as a crash would, and remove the folder. */
  stop(): Promise<void>;
}

const readyWithinMs = 30_000;

/** Why there can be no Redis here, or null. */
export const noRedis: string | null = redisBinary() === null ? 'redis-server is not installed' : null;

/** Why there can be no PostgreSQL here, or null. */
export const noPostgres: string | null = postgresFolder() === null ? 'PostgreSQL is not installed' : null;

/** On the port that another one has left, or a free one. */
export async function startRedis(given?: number): Promise<DatabaseServer> {
  const binary = redisBinary();
  if (binary === null) throw new Error('redis-server is not installed');
  const folder = mkdtempSync(join(tmpdir(), 'perfkit-redis-'));
  const port = given ?? (await freePort());
  const settings = [
    '--port',
    `${port}`,
    '--bind',
    '127.0.0.1',
    '--save',
    '',
    '--appendonly',
    'no',
    '--dir',
    folder,
  ];
  const child = spawn(binary, settings, { stdio: ['ignore', 'pipe', 'pipe'] });
  await untilLine(child, 'Ready to accept connections');
  return { url: `redis://127.0.0.1:${port}`, stop: () => end(child, folder) };
}

export async function startPostgres(): Promise<DatabaseServer> {
  const binaries = postgresFolder();
  if (binaries === null) throw new Error('PostgreSQL is not installed');
  const folder = mkdtempSync(join(tmpdir(), 'perfkit-postgres-'));
  // It refuses to run as root.
  const owner = process.getuid?.() === 0 ? userIds('postgres') : null;
  if (owner !== null) chownSync(folder, owner.uid, owner.gid);
  const options: SpawnOptions = { cwd: folder, ...owner };
  const data = join(folder, 'data');
  execFileSync(
    join(binaries, 'initdb'),
    ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '-N'],
    {
      ...options,
      stdio: 'pipe',
    },
  );
  const port = await freePort();
  const child = spawn(
    join(binaries, 'postgres'),
    ['-D', data, '-p', `${port}`, '-h', '127.0.0.1', '-k', folder, '-F'],
    {
      ...options,
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  await untilLine(child, 'ready to accept connections');
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    // Immediate: SIGQUIT. A SIGKILL would leave its children and shared memory behind.
    stop: () => end(child, folder, 'SIGQUIT'),
  };
}

function redisBinary(): string | null {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.map((folder) => join(folder, 'redis-server')).find((file) => existsSync(file)) ?? null;
}

function postgresFolder(): string | null {
  const found = globSync('/usr/lib/postgresql/*/bin/postgres').toSorted().at(-1);
  return found === undefined ? null : join(found, '..');
}

function userIds(name: string): { uid: number; gid: number } {
  const id = (flag: string): number => Number(execFileSync('id', [flag, name], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function untilLine(child: ChildProcess, text: string): Promise<void> {
  const lines: string[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      if (line.includes(text)) resolve();
    });
  }
  const failed = (why: string): void => reject(new Error(`${why}\n${lines.join('\n')}`));
  child.once('exit', (code) => failed(`The server ended with ${code}.`));
  child.once('error', (error) => failed(error.message));
  const timer = setTimeout(() => failed('The server was not ready in time.'), readyWithinMs);
  try {
    await promise;
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

async function end(child: ChildProcess, folder: string, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill(signal);
    await once(child, 'exit');
  }
  rmSync(folder, { recursive: true, force: true });
}
