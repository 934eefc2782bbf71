/**
 * perfkit's load generator against its peers on this machine: node bench/load-peers.ts
 *
 * One nginx on core 0 answers 11 bytes; each generator runs on core 1, in turn, five rounds. Compare only within one
 * run of this script: absolute figures drift with the machine. Needs taskset and nginx; peers that are not installed
 * are skipped. Takes less than four minutes.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const rounds = 5;
const seconds = 3;
const connections = 50;
const script = fileURLToPath(import.meta.url);
process.env['PATH'] =
  `${fileURLToPath(new URL('../node_modules/.bin', import.meta.url))}:${process.env['PATH'] ?? ''}`;

async function main(): Promise<void> {
  for (const tool of ['taskset', 'nginx']) {
    if (!installed(tool)) {
      console.log(`${tool} is not installed: nothing to compare`);
      return;
    }
  }
  const folder = mkdtempSync(join(tmpdir(), 'perfkit-peers-'));
  const port = await freePort();
  const nginx = startNginx(folder, port);
  try {
    await answering(port);
    const url = `http://127.0.0.1:${port}/`;
    compareClosedLoops(url);
    compareSchedules(url);
    reportMemory(url);
  } finally {
    nginx.kill();
    await once(nginx, 'exit');
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Peer {
  readonly name: string;
  readonly available: boolean;
  readonly requestsPerSecond: (url: string) => number;
}

const peers: readonly Peer[] = [
  {
    name: 'wrk',
    available: installed('wrk'),
    requestsPerSecond: (url) =>
      Number(
        /Requests\/sec:\s*([\d.]+)/.exec(
          pinned('wrk', ['-t1', `-c${connections}`, `-d${seconds}s`, url]),
        )?.[1],
      ),
  },
  {
    name: 'ab -k',
    available: installed('ab'),
    requestsPerSecond: (url) =>
      Number(
        /Requests per second:\s*([\d.]+)/.exec(
          pinned('ab', [
            '-k',
            '-q',
            '-c',
            String(connections),
            '-t',
            String(seconds),
            '-n',
            '100000000',
            url,
          ]),
        )?.[1],
      ),
  },
  {
    name: 'autocannon',
    available: installed('autocannon'),
    requestsPerSecond: (url) => {
      const out: unknown = JSON.parse(
        pinned('autocannon', [
          '--json',
          '--no-progress',
          '-c',
          String(connections),
          '-d',
          String(seconds),
          url,
        ]),
      );
      const requests = typeof out === 'object' && out !== null ? Reflect.get(out, 'requests') : null;
      return Number(Reflect.get(Object(requests), 'average'));
    },
  },
  {
    name: 'perfkit',
    available: true,
    requestsPerSecond: (url) => perfkit({ url, model: 'closed', connections, seconds }).requestsPerSecond,
  },
];

/** Rounds are interleaved, so that a slow minute of the machine hits every generator. */
function compareClosedLoops(url: string): void {
  const present = peers.filter(({ name, available }) => {
    if (!available) console.log(`${name} is not installed: skipped`);
    return available;
  });
  const rates = new Map(present.map(({ name }) => [name, [] as number[]]));
  for (let round = 1; round <= rounds; round++) {
    for (const { name, requestsPerSecond } of present) rates.get(name)?.push(requestsPerSecond(url));
    process.stderr.write(`closed loop, round ${round} of ${rounds} done\n`);
  }
  console.log(
    `\nclosed loop, ${connections} connections, ${seconds} s, one core each; median of ${rounds} rounds\n`,
  );
  console.log('generator     requests/s   range                of wrk (each round)');
  const wrk = rates.get('wrk') ?? [];
  for (const [name, values] of rates) {
    const ratios = values.flatMap((value, index) =>
      wrk[index] === undefined ? [] : [(value / wrk[index]).toFixed(2)],
    );
    const range = `${Math.round(Math.min(...values))}-${Math.round(Math.max(...values))}`;
    console.log(
      `${name.padEnd(13)} ${String(Math.round(median(values))).padStart(10)}   ${range.padEnd(20)} ${ratios.join(' ')}`,
    );
  }
}

/** The reference is one connection in a closed loop: what the server takes when nobody waits for anybody. */
function compareSchedules(url: string): void {
  console.log('\nconstant rate, against one connection in a closed loop (p50, p99 in us)\n');
  console.log('load           response_time      service_time       schedule_lag');
  const show = (name: string, { clocks }: Driven): void => {
    const cell = (metric: string): string =>
      `${us(clocks[metric]?.p50Ns)} ${us(clocks[metric]?.p99Ns)}`.padEnd(18);
    console.log(
      `${name.padEnd(14)} ${cell('response_time')} ${cell('service_time')} ${cell('schedule_lag')}`,
    );
  };
  for (let turn = 0; turn < 3; turn++) {
    show('closed, 1', perfkit({ url, model: 'closed', connections: 1, seconds }));
    show('1,000/s', perfkit({ url, model: 'open', ratePerSecond: 1000, connections, seconds }));
    show('10,000/s', perfkit({ url, model: 'open', ratePerSecond: 10_000, connections, seconds }));
  }
}

function reportMemory(url: string): void {
  const few = perfkit({ url, model: 'open', ratePerSecond: 1000, connections: 10, seconds: 8 });
  const many = perfkit({ url, model: 'open', ratePerSecond: 1000, connections: 10_000, seconds: 8 });
  const each = (many.rssBytes - few.rssBytes) / 9990 / 1024;
  console.log(
    `\n10,000 connections at 1,000/s: RSS ${mib(many.rssBytes)} MiB, ${mib(few.rssBytes)} MiB with 10: ${each.toFixed(1)} KiB each`,
  );
  console.log(
    `errors: ${many.errors}; RSS after each second (MiB): ${many.rssEachSecond.map(mib).join(' ')}`,
  );
}

interface Order {
  readonly url: string;
  readonly model: 'open' | 'closed';
  readonly connections: number;
  readonly ratePerSecond?: number;
  readonly seconds: number;
}

/** What load-driver.ts prints. */
interface Driven {
  readonly requestsPerSecond: number;
  readonly clocks: Readonly<Record<string, { readonly p50Ns: number; readonly p99Ns: number }>>;
  readonly rssBytes: number;
  readonly rssEachSecond: readonly number[];
  readonly errors: number;
}

function perfkit(order: Order): Driven {
  return JSON.parse(pinned(process.execPath, [script, '--drive', JSON.stringify(order)]));
}

function pinned(command: string, args: readonly string[]): string {
  const { stdout, stderr, status } = spawnSync('taskset', ['-c', '1', command, ...args], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  if (status !== 0) throw new Error(`${command} ended with ${status}: ${stderr.slice(0, 500)}`);
  return stdout;
}

function installed(command: string): boolean {
  return spawnSync('which', [command]).status === 0;
}

function startNginx(folder: string, port: number): ReturnType<typeof spawn> {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  );
  writeFileSync(
    join(folder, 'nginx.conf'),
    `daemon off; master_process off; pid ${folder}/pid; error_log ${folder}/error.log crit;
worker_rlimit_nofile 20000;
events { worker_connections 15000; }
http { access_log off; keepalive_requests 1000000000; keepalive_timeout 600s; ${temporary.join(' ')}
server { listen 127.0.0.1:${port} backlog=4096; location / { default_type text/plain; return 200 "hello world"; } } }`,
  );
  return spawn('taskset', ['-c', '0', 'nginx', '-p', folder, '-c', join(folder, 'nginx.conf')], {
    stdio: 'inherit',
  });
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

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return (
    ((sorted[Math.floor((sorted.length - 1) / 2)] ?? 0) + (sorted[Math.floor(sorted.length / 2)] ?? 0)) / 2
  );
}

function us(ns = 0): string {
  return (ns / 1000).toFixed(1).padStart(7);
}

function mib(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(0);
}

if (process.argv[2] === '--drive') {
  const { drive } = await import('./load-driver.ts');
  await drive(JSON.parse(process.argv[3] ?? '{}'));
} else {
  await main();
}
