/**
 * perfkit's load generator against its peers on this machine: node bench/load-peers.ts
 *
 * One nginx on core 0 answers 11 bytes; each generator runs on core 1, in turn, five rounds. Compare only within one
 * run of this script: absolute figures drift with the machine. Needs taskset and nginx; peers that are not installed
 * are skipped. Takes less than four minutes.
 */
import { fileURLToPath } from 'node:url';
import { installed, median, perfkit, pinned, withNginx } from './load-bench.ts';
import type { Driven } from './load-bench.ts';

const rounds = 5;
const seconds = 3;
const connections = 50;
process.env['PATH'] =
  `${fileURLToPath(new URL('../node_modules/.bin', import.meta.url))}:${process.env['PATH'] ?? ''}`;

async function main(): Promise<void> {
  for (const tool of ['taskset', 'nginx']) {
    if (!installed(tool)) {
      console.log(`${tool} is not installed: nothing to compare`);
      return;
    }
  }
  await withNginx(
    () => '',
    ({ port }) => {
      const url = `http://127.0.0.1:${port}/`;
      compareClosedLoops(url);
      compareSchedules(url);
      reportMemory(url);
    },
  );
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

function us(ns = 0): string {
  return (ns / 1000).toFixed(1).padStart(7);
}

function mib(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(0);
}

await main();
