import { cachePolicies } from '../src/components/cache/index.ts';
import { fileTraces, madeTraces } from './cache-traces.ts';

// The hit ratio in percent of every policy over every trace: the published ones whose files are beside the project,
// and seeded ones. The best of ours is marked.
//
//     node bench/cache-hit-ratios.ts [part of a trace's name]

/** What others have published for the same trace and capacities (Caffeine's simulator; dw-cache for DWC). */
const published: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>> = {
  oltp: {
    optimal: [38.47, 46.43, 50.67, 53.62, 55.84, 57.62, 59.13, 60.4],
    'W-TinyLFU, Caffeine': [24.88, 33.73, 37.46, 40.01, 42.28, 43.8, 45.06, 46.09],
    ARC: [21.46, 30.61, 36.04, 39.06, 41.34, 43.15, 44.77, 46.17],
    'DWC, JavaScript': [19.55, 29.48, 34.71, 37.75, 40.07, 41.75, 43.26, 44.59],
  },
  gli: {
    optimal: [17.71, 34.33, 46.13, 53.15, 57.31, 57.96, 57.96, 57.96],
    'W-TinyLFU, Caffeine': [15.15, 33.08, 43.11, 50.57, 51.87, 53.57, 55.61, 57.96],
    LIRS: [15.91, 33.6, 43.61, 50.56, 51.85, 53.55, 55.58, 57.96],
    'DWC, JavaScript': [15.82, 31.38, 41.65, 47.87, 52.54, 53.64, 54.77, 57.96],
  },
};

const wanted = process.argv[2] ?? '';
for (const { name, keys, capacities } of [...fileTraces(), ...madeTraces()]) {
  if (!name.includes(wanted)) continue;
  console.log(`\n${name}: ${keys.length} requests of ${new Set(keys).size} keys`);
  console.log(row('entries', capacities.map(String)));
  const rows = Object.entries(cachePolicies).map(([policy, create]) => {
    const ratios = capacities.map((max) => {
      const cache = create<number, true>({ max });
      for (const key of keys) if (cache.get(key) === undefined) cache.set(key, true);
      return cache.stats().hitRatio * 100;
    });
    return { policy, ratios };
  });
  const best = capacities.map((_, index) => Math.max(...rows.map(({ ratios }) => ratios[index] ?? 0)));
  for (const { policy, ratios } of rows) {
    const marked = ratios.map(
      (ratio, index) => `${ratio.toFixed(2)}${ratio === best[index] && ratio > 0 ? '*' : ' '}`,
    );
    console.log(row(policy, marked));
  }
  for (const [source, ratios] of Object.entries(published[name] ?? {})) {
    console.log(
      row(
        source,
        ratios.map((ratio) => `${ratio.toFixed(2)} `),
      ),
    );
  }
}

function row(label: string, cells: readonly string[]): string {
  return `  ${label.padEnd(20)}${cells.map((cell) => cell.padStart(8)).join('')}`;
}
