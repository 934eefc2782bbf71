import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { measure } from 'mitata';
import { runRound } from '../src/bench/rounds/round.ts';
import { metricCatalogue } from '../src/model/metrics.ts';
import type { BenchPlan, SubjectPlan } from '../src/model/plan.ts';
import { createCacheGet } from './cache-get-subject.ts';

// Nanoseconds a `cache.get`, by perfkit's engine and by mitata on the same function: in turn, each time in a fresh
// process, five rounds. The medians must agree within 10 %.
//
//     node bench/cache-get-vs-mitata.ts

const rounds = 5;
const tolerance = 0.1;
const self = fileURLToPath(import.meta.url);

const engines: Readonly<Record<string, () => Promise<number>>> = {
  perfkit: async () => {
    const use = { kind: 'factory', module: './cache-get-subject.ts', export: 'createCacheGet' } as const;
    const subject: SubjectPlan = { name: 'cache-get', use, options: {} };
    const plan: BenchPlan = {
      schema: 'perfkit/plan@1',
      kind: 'bench',
      scenario: {
        name: 'cache-get',
        file: null,
        folder: fileURLToPath(new URL('.', import.meta.url)),
        tags: [],
        hash: '',
        seed: 1,
      },
      metrics: metricCatalogue.bench,
      targets: [],
      expectedNs: 2e9,
      subjects: [subject],
      workload: { keys: 1, distribution: { kind: 'uniform' }, mix: {}, valueBytes: 1 },
      run: {
        warmupNs: 300e6,
        forNs: 700e6,
        rounds: 1,
        isolate: 'none',
        concurrency: [1],
        arrivals: 'closed',
      },
      reference: null,
    };
    const hooks = { signal: new AbortController().signal, onMeasuring: () => undefined };
    const result = await runRound(plan, { subject, concurrency: 1, round: 1 }, hooks);
    const throughput = result?.counters.find(({ metric }) => metric === 'throughput');
    return throughput === undefined ? NaN : throughput.of / throughput.count;
  },
  mitata: async () => (await measure(createCacheGet())).avg,
};

const [, , only] = process.argv;
if (only === undefined) compare();
else console.log(await engines[only]?.());

function compare(): void {
  const names = Object.keys(engines);
  const times: Record<string, number[]> = Object.fromEntries(names.map((name) => [name, []]));
  console.log(`ns a get   ${names.map((name) => name.padStart(8)).join('')}`);
  for (let round = 0; round < rounds; round++) {
    // Whoever goes first alternates.
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const { stdout, status, stderr } = spawnSync(process.execPath, [self, name], {
        encoding: 'utf8',
        timeout: 60_000,
      });
      if (status !== 0) throw new Error(`${name} failed: ${stderr}`);
      times[name]?.push(Number(stdout));
    }
    console.log(
      `round ${round + 1}    ${names.map((name) => (times[name]?.at(-1) ?? NaN).toFixed(2).padStart(8)).join('')}`,
    );
  }
  const medians = names.map((name) => (times[name] ?? []).toSorted((a, b) => a - b)[rounds >> 1] ?? NaN);
  const ratio = (medians[0] ?? NaN) / (medians[1] ?? NaN);
  const agree = Math.abs(ratio - 1) <= tolerance;
  console.log(`median     ${medians.map((ns) => ns.toFixed(2).padStart(8)).join('')}`);
  console.log(
    `${names.join(' / ')} = ${ratio.toFixed(3)}: ${agree ? 'agree' : 'DISAGREE'} (limit ${tolerance * 100} %)`,
  );
  process.exitCode = agree ? 0 : 1;
}
