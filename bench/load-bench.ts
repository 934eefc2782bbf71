/** What the scripts that compare load generators share: an nginx on core 0, a generator at a time on core 1. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LoadTarget } from '../src/model/plan.ts';

const driver = fileURLToPath(new URL('load-driver.ts', import.meta.url));

export interface Order {
  readonly url: string;
  readonly model: 'open' | 'closed';
  /** Closed: users. */
  readonly connections: number;
  readonly ratePerSecond?: number;
  readonly seconds: number;
  readonly target?: Partial<LoadTarget>;
}

/** What load-driver.ts prints. */
export interface Driven {
  readonly requestsPerSecond: number;
  readonly clocks: Readonly<Record<string, { readonly p50Ns: number; readonly p99Ns: number }>>;
  readonly rssBytes: number;
  readonly rssEachSecond: readonly number[];
  readonly errors: number;
}

/** perfkit's whole engine, in a process of its own. */
export function perfkit(order: Order): Driven {
  return JSON.parse(pinned(process.execPath, [driver, '--drive', JSON.stringify(order)]));
}

/** Run on core 1 and return what it prints. */
export function pinned(command: string, args: readonly string[]): string {
  const { stdout, stderr, status } = spawnSync('taskset', ['-c', '1', command, ...args], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  if (status !== 0) throw new Error(`${command} ended with ${status}: ${stderr.slice(0, 500)}`);
  return stdout;
}

export function installed(command: string): boolean {
  return spawnSync('which', [command]).status === 0;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return (
    ((sorted[Math.floor((sorted.length - 1) / 2)] ?? 0) + (sorted[Math.floor(sorted.length / 2)] ?? 0)) / 2
  );
}

/** A folder with nginx in it. */
export interface Nginx {
  readonly folder: string;
  readonly port: number;
  readonly tlsPort: number;
}

/** Start nginx, let `use` work with it, and stop it. `locations` are added to both of its servers. */
export async function withNginx(
  locations: (folder: string) => string,
  use: (nginx: Nginx) => void | Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'perfkit-peers-'));
  const nginx: Nginx = { folder, port: await freePort(), tlsPort: await freePort() };
  makeCertificate(folder);
  writeFileSync(join(folder, 'nginx.conf'), configuration(nginx, locations(folder)));
  const child = spawn('taskset', ['-c', '0', 'nginx', '-p', folder, '-c', join(folder, 'nginx.conf')], {
    stdio: 'inherit',
  });
  try {
    await answering(nginx.port);
    await use(nginx);
  } finally {
    child.kill();
    await once(child, 'exit');
    rmSync(folder, { recursive: true, force: true });
  }
}

function configuration({ folder, port, tlsPort }: Nginx, locations: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  );
  const common = `location / { default_type text/plain; return 200 "hello world"; } ${locations}`;
  return `daemon off; master_process off; pid ${folder}/pid; error_log ${folder}/error.log crit; user root;
worker_rlimit_nofile 20000;
events { worker_connections 15000; }
http { access_log off; keepalive_requests 1000000000; keepalive_timeout 600s; ${temporary.join(' ')}
server { listen 127.0.0.1:${port} backlog=4096; ${common} }
server { listen 127.0.0.1:${tlsPort} ssl http2 backlog=4096; ssl_certificate ${folder}/cert.pem; ssl_certificate_key ${folder}/key.pem; ${common} } }`;
}

function makeCertificate(folder: string): void {
  const { status, stderr } = spawnSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      '2',
      '-subj',
      '/CN=localhost',
      '-addext',
      'subjectAltName=DNS:localhost,IP:127.0.0.1',
      '-keyout',
      join(folder, 'key.pem'),
      '-out',
      join(folder, 'cert.pem'),
    ],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`openssl: ${stderr}`);
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function answering(port: number): Promise<void> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const answer = await fetch(`http://127.0.0.1:${port}/`).catch(() => null);
    if (answer?.ok === true) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('nginx does not answer');
}
