import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { createKeySampler } from '../src/measure/key-sampler.ts';
import { createRandom } from '../src/measure/random.ts';

/** A sequence of keys asked for, and the cache capacities (entries) that tell policies apart on it. */
export interface CacheTrace {
  readonly name: string;
  readonly keys: readonly number[];
  readonly capacities: readonly number[];
}

const folder = new URL('../../shared/data/traces/', import.meta.url);
const published = [250, 500, 750, 1000, 1250, 1500, 1750, 2000];

/** The published traces whose files are there. */
export function fileTraces(): CacheTrace[] {
  const files = [
    { name: 'oltp', capacities: published },
    { name: 'gli', capacities: published },
    { name: 'multi1', capacities: [500, 1000, 1500, 2000] },
    { name: 'loop', capacities: [256, 512, 1000] },
  ];
  return files.flatMap(({ name, capacities }) => {
    const file = new URL(`${name}.gz`, folder);
    return existsSync(file) ? [{ name, keys: readTrace(file), capacities }] : [];
  });
}

/** First column of every line that starts with an integer. */
export function readTrace(file: URL): number[] {
  const lines = gunzipSync(readFileSync(file)).toString('latin1').split('\n');
  return lines.map((line) => Number.parseInt(line, 10)).filter((block) => !Number.isNaN(block));
}

/** Seeded traces with a known difficulty each. */
export function madeTraces(): CacheTrace[] {
  const capacities = [500, 1000, 2000];
  return [
    { name: 'zipf 0.99', keys: zipf(0.99, 1, 300_000), capacities },
    { name: 'zipf 0.7', keys: zipf(0.7, 2, 300_000), capacities },
    { name: 'zipf + scans', keys: withScans(zipf(0.9, 3, 300_000)), capacities },
    { name: 'shifting zipf', keys: shifting(10, 30_000), capacities },
    { name: 'recency', keys: recency(300_000), capacities },
    { name: 'uniform', keys: uniform(200_000, 4000), capacities },
    { name: 'recency, loop, recency', keys: sandwich(), capacities: [500, 1000] },
  ];
}

function zipf(exponent: number, seed: number, length: number): number[] {
  const next = createKeySampler({ kind: 'zipf', exponent }, 50_000, createRandom(seed));
  return Array.from({ length }, () => next());
}

/** One-time keys in runs of 2,000, a fifth of all requests. */
function withScans(keys: readonly number[]): number[] {
  const mixed: number[] = [];
  let once = 1e6;
  for (const [index, key] of keys.entries()) {
    mixed.push(key);
    if (index % 8000 === 7999) for (let step = 0; step < 2000; step++) mixed.push(once++);
  }
  return mixed;
}

/** The popular keys are others in each phase. */
function shifting(phases: number, length: number): number[] {
  return Array.from({ length: phases }, (_, phase) =>
    zipf(0.99, 10 + phase, length).map((key) => (key + phase * 5000) % 50_000),
  ).flat();
}

/** Each request is new, or one of those asked for lately: an LRU stack with exponential distances. */
function recency(length: number): number[] {
  const random = createRandom(5);
  const keys: number[] = [];
  let fresh = 2e6;
  for (let index = 0; index < length; index++) {
    const back = 1 + Math.floor(-800 * Math.log(1 - random.next()));
    keys.push(random.next() < 0.3 ? fresh++ : (keys[index - back] ?? fresh++));
  }
  return keys;
}

function uniform(length: number, keyCount: number): number[] {
  const next = createKeySampler({ kind: 'uniform' }, keyCount, createRandom(6));
  return Array.from({ length }, () => next());
}

function sandwich(): number[] {
  const recent = recency(100_000);
  const loop = Array.from({ length: 100_000 }, (_, index) => 5e6 + (index % 1100));
  return [...recent, ...loop, ...recent];
}
