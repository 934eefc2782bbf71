/**
 * Kinds of replies and connections, perfkit against its peers: node bench/load-cases.ts [CASE ...] [--rounds N]
 *
 * One nginx on core 0, each generator on core 1, in turn; medians of five rounds. Compare only within one run. Needs
 * taskset, nginx and openssl; peers that are not installed are skipped.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { installed, median, perfkit, pinned, withNginx } from './load-bench.ts';
import type { LoadTarget } from '../src/model/plan.ts';
import type { Nginx } from './load-bench.ts';

process.env['PATH'] =
  `${fileURLToPath(new URL('../node_modules/.bin', import.meta.url))}:${process.env['PATH'] ?? ''}`;
const seconds = 2;

interface Case {
  readonly path: string;
  readonly secure: boolean;
  readonly connections: number;
  /** Requests at a time on each connection. */
  readonly perConnection: number;
  readonly target: (nginx: Nginx) => Partial<LoadTarget>;
  /** Least share of a peer's rate. */
  readonly atLeast: Readonly<Partial<Record<PeerName, number>>>;
}

const plain = { secure: false, connections: 50, perConnection: 1, target: () => ({}) };

const cases: Readonly<Record<string, Case>> = {
  'keep-alive': { ...plain, path: '/', atLeast: { wrk: 0.95, autocannon: 1.6, hey: 2 } },
  '64k': { ...plain, path: '/64k', atLeast: { wrk: 0.9 } },
  chunked: { ...plain, path: '/chunked', atLeast: { wrk: 0.9 } },
  https: { ...plain, secure: true, path: '/', target: trusting, atLeast: { wrk: 0.8 } },
  pipelining: {
    ...plain,
    path: '/',
    perConnection: 8,
    target: () => ({ perConnection: 8 }),
    atLeast: { autocannon: 1 },
  },
  http2: {
    path: '/',
    secure: true,
    connections: 10,
    perConnection: 10,
    target: (nginx) => ({ ...trusting(nginx), protocol: 'http2', perConnection: 10 }),
    atLeast: { h2load: 0.5 },
  },
};

function trusting({ folder }: Nginx): Partial<LoadTarget> {
  const ca = join(folder, 'cert.pem');
  return { tls: { ca, cert: null, key: null, insecure: false, servername: null, resume: false } };
}

type PeerName = 'wrk' | 'autocannon' | 'hey' | 'h2load';

/** Requests a second. */
const peers: Readonly<Record<PeerName, (url: string, one: Case) => number>> = {
  wrk: (url, { connections }) =>
    found(/Requests\/sec:\s*([\d.]+)/, pinned('wrk', ['-t1', `-c${connections}`, `-d${seconds}s`, url])),
  hey: (url, { connections }) =>
    found(
      /Requests\/sec:\s*([\d.]+)/,
      pinned('hey', ['-z', `${seconds}s`, '-c', String(connections), '-cpus', '1', url]),
    ),
  h2load: (url, { connections, perConnection }) =>
    found(
      /finished in [^,]+, ([\d.]+) req\/s/,
      pinned('h2load', [`-c${connections}`, `-m${perConnection}`, '-D', String(seconds), '-t1', url]),
    ),
  autocannon: (url, { connections, perConnection }) =>
    found(
      /"requests":\{"average":([\d.]+)/,
      pinned('autocannon', [
        '--json',
        '--no-progress',
        '-c',
        String(connections),
        '-p',
        String(perConnection),
        '-d',
        String(seconds),
        url,
      ]),
    ),
};

function found(pattern: RegExp, text: string): number {
  const value = Number(pattern.exec(text)?.[1]);
  if (!(value > 0)) throw new Error(`no rate in: ${text.slice(0, 300)}`);
  return value;
}

function locations(folder: string): string {
  writeFileSync(join(folder, '64k'), 'x'.repeat(65_536));
  writeFileSync(join(folder, 'chunked'), 'chunk of text '.repeat(300));
  return `location /64k { root ${folder}; sendfile on; }
location /chunked { root ${folder}; sub_filter_types *; sub_filter_once off; sub_filter "no such text" "other"; }`;
}

const { values, positionals } = parseArgs({
  options: { rounds: { type: 'string', default: '5' } },
  allowPositionals: true,
});

for (const tool of ['taskset', 'nginx', 'openssl']) {
  if (installed(tool)) continue;
  console.log(`${tool} is not installed: nothing to compare`);
  process.exit();
}

await withNginx(locations, (nginx) => {
  const names = positionals.length === 0 ? Object.keys(cases) : positionals;
  for (const name of names) {
    const one = cases[name];
    if (one === undefined) throw new RangeError(`no case ${name}: expected ${Object.keys(cases).join(', ')}`);
    compare(name, one, nginx, Number(values.rounds));
  }
});

function compare(name: string, one: Case, nginx: Nginx, rounds: number): void {
  const url = one.secure
    ? `https://127.0.0.1:${nginx.tlsPort}${one.path}`
    : `http://127.0.0.1:${nginx.port}${one.path}`;
  const names = Object.keys(one.atLeast).filter((peer): peer is PeerName => peer in peers);
  const present = names.filter((peer) => installed(peer));
  const order = {
    url,
    model: 'closed' as const,
    connections: one.connections * one.perConnection,
    seconds,
    target: one.target(nginx),
  };
  const own: number[] = [];
  const others = new Map(present.map((peer) => [peer, [] as number[]]));
  let errors = 0;
  for (let round = 0; round < rounds; round++) {
    for (const peer of present) others.get(peer)?.push(peers[peer](url, one));
    const driven = perfkit(order);
    own.push(driven.requestsPerSecond);
    errors += driven.errors;
  }
  console.log(
    `\n${name}: perfkit ${Math.round(median(own))}/s (${range(own)})${errors > 0 ? `, ${errors} ERRORS` : ''}`,
  );
  for (const [peer, rates] of others) {
    const share = median(own.map((rate, index) => rate / (rates[index] ?? Number.NaN)));
    const wanted = one.atLeast[peer] ?? 0;
    console.log(
      `  ${peer.padEnd(11)} ${String(Math.round(median(rates))).padStart(8)}/s (${range(rates)}): perfkit is ${share.toFixed(2)} of it, ${share >= wanted ? 'wanted' : 'MISSES'} ${wanted}`,
    );
  }
  for (const peer of names) if (!present.includes(peer)) console.log(`  ${peer} is not installed: skipped`);
}

function range(rates: readonly number[]): string {
  return `${Math.round(Math.min(...rates))}-${Math.round(Math.max(...rates))}`;
}
