import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { LRUCache } from 'lru-cache';
import { LRUMap as MnemonistLruMap } from 'mnemonist';
import QuickLRU from 'quick-lru';
import { newCache } from 'transitory';
import { createCache } from '../src/components/cache/index.ts';
import type { CachePolicy } from '../src/components/cache/index.ts';
import { createKeySampler } from '../src/measure/key-sampler.ts';
import { createRandom } from '../src/measure/random.ts';

// Our policies beside the public packages: the same seeded string keys through the same loop, each (library,
// workload) in a fresh process, in turn, medians over the rounds. Correctness is checked first. Losses are printed too.
//
//     node bench/cache-peers.ts [rounds] [workloads] [libraries]      lists with commas; memory and constructor are workloads

interface Candidate {
  get(key: string): unknown;
  set(key: string, value: number): unknown;
}

const ours =
  (policy: CachePolicy) =>
  (max: number): Candidate =>
    createCache<string, number>({ policy, max });

const candidates: Readonly<Record<string, (max: number) => Candidate>> = {
  'lru-cache': (max) => new LRUCache<string, number>({ max }),
  'perfkit lru': ours('lru'),
  'perfkit lfu': ours('lfu'),
  'perfkit sieve': ours('sieve'),
  'perfkit s3-fifo': ours('s3-fifo'),
  'perfkit w-tinylfu': ours('w-tinylfu'),
  'quick-lru': (max) => new QuickLRU<string, number>({ maxSize: max }),
  mnemonist: (max) => new MnemonistLruMap<string, number>(max),
  transitory: (max) => {
    const cache = newCache<string, number>().maxSize(max).build();
    return { get: (key) => cache.getIfPresent(key) ?? undefined, set: (key, value) => cache.set(key, value) };
  },
};

const max = 10_000;
const keyCount = 100_000;
const sequenceLength = 1 << 20;
const limitMs = 30_000;

/**
 * Zipf 0.99 with get-or-set, the keys mixed, all short, all long, or mixed and made for each look-up, as most are
 * that an application uses; with a scan of once-only keys in between; gets that always hit; sets alone.
 */
const workloads = ['zipf', 'zipf-short', 'zipf-long', 'zipf-made', 'scans', 'hits', 'evict'] as const;
const tables = [...workloads, 'memory', 'constructor'];

interface Sample {
  readonly opsPerSecond: number;
  readonly hitRatio: number;
}

const keyNames: Readonly<Record<string, (index: number) => string>> = {
  'zipf-short': (index) => (index % 2 === 0 ? `user:${index}` : index.toString(36)),
  'zipf-long': (index) =>
    index % 2 === 0
      ? `/api/v1/items/${index}?lang=en&page=2&sort=name`
      : `session-${(index * 2_654_435_761) % 4_294_967_296}-${index}-${(index * 40_503) % 65_536}`,
};

const self = fileURLToPath(import.meta.url);
const [, , command = '5', name = tables.join(), workload = Object.keys(candidates).join()] = process.argv;
const create = candidates[name];
if (command === 'speed' && create !== undefined) console.log(JSON.stringify(speed(create, workload)));
else if (command === 'memory' && create !== undefined) console.log(JSON.stringify(memory(create)));
else if (command === 'constructor' && create !== undefined) console.log(JSON.stringify(construction(create)));
else compare(Number(command), name.split(','), workload.split(','));

function compare(rounds: number, chosen: readonly string[], libraries: readonly string[]): void {
  for (const one of chosen)
    if (!tables.includes(one)) throw new Error(`No ${one}; there are ${tables.join()}.`);
  const inTurn = <T>(times: number, argumentsFor: (library: string) => string[]): Map<string, T[]> =>
    runInTurn<T>(libraries, times, argumentsFor);
  for (const one of workloads) {
    if (!chosen.includes(one)) continue;
    const samples = inTurn<Sample>(rounds, (library) => ['speed', library, one]);
    console.log(
      `\n${one}: ${max} entries, ${keyCount} string keys, median of ${rounds} rounds [least..most]`,
    );
    console.log(
      `${'library'.padEnd(18)} ${'Mops/s'.padStart(7)} ${'spread'.padStart(13)} ${'hit %'.padStart(7)} ${'x hits'.padStart(7)} ${'/ lru-cache'.padStart(11)}`,
    );
    const base = median((samples.get('lru-cache') ?? []).map((sample) => sample.opsPerSecond));
    for (const [library, list] of samples) {
      if (list.length === 0) continue;
      const ops = list.map((sample) => sample.opsPerSecond / 1e6);
      const hits = median(list.map((sample) => sample.hitRatio));
      const spread = `${Math.min(...ops).toFixed(1)}..${Math.max(...ops).toFixed(1)}`;
      console.log(
        `${library.padEnd(18)} ${median(ops).toFixed(2).padStart(7)} ${spread.padStart(13)} ${(hits * 100).toFixed(2).padStart(7)} ${(median(ops) * hits).toFixed(2).padStart(7)} ${((median(ops) * 1e6) / base).toFixed(3).padStart(11)}`,
      );
    }
  }
  if (chosen.includes('memory')) {
    const bytes = inTurn<number>(Math.min(rounds, 3), (library) => ['memory', library]);
    console.log('\nbytes an entry when full of 100,000 numbers (keys made before)');
    for (const [library, list] of bytes)
      console.log(`${library.padEnd(18)} ${median(list).toFixed(1).padStart(7)}`);
  }
  if (!chosen.includes('constructor')) return;
  const times = inTurn<number[]>(1, (library) => ['constructor', library]);
  console.log('\nmilliseconds to construct for max of 1,000, 100,000 and 8,000,000');
  for (const [library, [list = []]] of times) {
    console.log(`${library.padEnd(18)} ${list.map((ms) => ms.toFixed(3).padStart(9)).join(' ')}`);
  }
}

/** Every library once a round, the order turning. */
function runInTurn<T>(
  libraries: readonly string[],
  rounds: number,
  argumentsFor: (library: string) => string[],
): Map<string, T[]> {
  const results = new Map<string, T[]>(libraries.map((library) => [library, []]));
  for (let round = 0; round < rounds; round++) {
    for (let place = 0; place < libraries.length; place++) {
      const library = libraries[(place + round) % libraries.length] ?? '';
      const { stdout, stderr, status, signal } = spawnSync(
        process.execPath,
        [self, ...argumentsFor(library)],
        {
          encoding: 'utf8',
          timeout: limitMs,
        },
      );
      // Too slow to end in time, or wrong: said, and the others go on.
      if (status === 0) results.get(library)?.push(JSON.parse(stdout));
      else console.error(`${library}: ${signal === null ? stderr : `did not end in ${limitMs / 1000} s`}`);
    }
  }
  return results;
}

function speed(make: (max: number) => Candidate, kind: string): Sample {
  check(make);
  const nameOf = keyNames[kind] ?? keyName;
  const keys = Array.from({ length: keyCount }, (_, index) => nameOf(index));
  const sequence = keySequence(kind);
  const cache = make(max);
  for (let index = 0; index < max; index++) cache.set(keys[index] ?? '', index);
  const work = kind === 'evict' ? evict : kind === 'zipf-made' ? makeAndGetOrSet : getOrSet;
  work(cache, keys, sequence);
  let best = Infinity;
  let hits = 0;
  for (let repeat = 0; repeat < 3; repeat++) {
    const startMs = performance.now();
    hits = work(cache, keys, sequence);
    best = Math.min(best, performance.now() - startMs);
  }
  return { opsPerSecond: (sequenceLength / best) * 1000, hitRatio: hits / sequenceLength };
}

function getOrSet(cache: Candidate, keys: readonly string[], sequence: Int32Array): number {
  let hits = 0;
  for (let index = 0; index < sequenceLength; index++) {
    const key = keys[sequence[index] ?? 0] ?? '';
    if (cache.get(key) === undefined) cache.set(key, index);
    else hits++;
  }
  return hits;
}

function makeAndGetOrSet(cache: Candidate, _: readonly string[], sequence: Int32Array): number {
  let hits = 0;
  for (let index = 0; index < sequenceLength; index++) {
    const key = keyName(sequence[index] ?? 0);
    if (cache.get(key) === undefined) cache.set(key, index);
    else hits++;
  }
  return hits;
}

function evict(cache: Candidate, keys: readonly string[], sequence: Int32Array): number {
  for (let index = 0; index < sequenceLength; index++) cache.set(keys[sequence[index] ?? 0] ?? '', index);
  return 0;
}

/** Keys of several shapes, as an application has them. */
function keyName(index: number): string {
  if (index % 4 === 0) return `user:${index}`;
  if (index % 4 === 1) return `/api/v1/items/${index}?lang=en`;
  if (index % 4 === 2) return index.toString(36);
  return `session-${(index * 2_654_435_761) % 4_294_967_296}-${index}`;
}

function keySequence(kind: string): Int32Array {
  if (kind === 'evict') return Int32Array.from({ length: sequenceLength }, (_, index) => index % keyCount);
  const count = kind === 'hits' ? max : keyCount;
  const next = createKeySampler({ kind: 'zipf', exponent: 0.99 }, count, createRandom(7));
  let scan = 0;
  return Int32Array.from({ length: sequenceLength }, (_, index) =>
    kind === 'scans' && index % 50_000 < 12_500 ? keyCount - 1 - (scan++ % (keyCount >> 1)) : next(),
  );
}

function memory(make: (max: number) => Candidate): number {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect !== 'function') throw new Error('no garbage collector to call');
  const entries = 100_000;
  const keys = Array.from({ length: entries }, (_, index) => keyName(index));
  // A Map puts the hash of a key into it, and who reads a character makes its text one piece, which is 22 bytes less at
  // the next collection: neither is the cache's doing.
  keys.forEach((key) => new Map<string, number>().set(key, key.charCodeAt(0)));
  // Nor is what its compiled code weighs, 100 KB once and for all: a cache before the measured one has it compiled.
  fill(make(entries), keys);
  for (let times = 0; times < 12; times++) collect();
  const used = (): number => {
    // Dead array buffers are counted off when the next collection begins.
    collect();
    collect();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const before = used();
  const cache = make(entries);
  fill(cache, keys);
  const bytes = (used() - before) / entries;
  if (cache.get(keys[1] ?? '') === undefined) throw new Error('lost an entry');
  return bytes;
}

function fill(cache: Candidate, keys: readonly string[]): void {
  for (const [index, key] of keys.entries()) cache.set(key, index);
}

function construction(make: (max: number) => Candidate): number[] {
  make(10);
  return [1_000, 100_000, 8_000_000].map((size) => {
    const startMs = performance.now();
    make(size);
    return performance.now() - startMs;
  });
}

function check(make: (max: number) => Candidate): void {
  const cache = make(100);
  for (let index = 0; index < 100; index++) cache.set(`k${index}`, index);
  cache.set('__proto__', 7);
  if (cache.get('__proto__') !== 7) throw new Error('loses the key __proto__');
  for (let index = 0; index < 100; index++) {
    const value = cache.get(`k${index}`);
    if (value !== undefined && value !== index) throw new Error(`another value under k${index}`);
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}
