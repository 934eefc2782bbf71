import { fileURLToPath } from 'node:url';
import genericPool from 'generic-pool';
import { Pool as TarnPool } from 'tarn';
import { createPool } from '../src/components/pool/index.ts';
import { runPeerRounds } from './peer-rounds.ts';

// Acquire and release beside generic-pool and tarn: the same resources, the same bounds, the same users; that no
// resource is lent twice at once is checked at each acquire.
//
//     node bench/pool-peers.ts

const max = 10;

interface Resource {
  borrowed: boolean;
}

interface Peer {
  acquire(): PromiseLike<Resource>;
  release(resource: Resource): unknown;
}

const create = async (): Promise<Resource> => ({ borrowed: false });
const destroy = async (): Promise<void> => {};

const peers: Readonly<Record<string, () => Peer>> = {
  ours: () => {
    const pool = createPool<Resource>({ create, destroy, max });
    return { acquire: () => pool.acquire(), release: (resource) => pool.release(resource) };
  },
  'generic-pool': () => {
    const pool = genericPool.createPool<Resource>({ create, destroy }, { max });
    return { acquire: () => pool.acquire(), release: (resource) => pool.release(resource) };
  },
  // As ours comes: with a limit to how long a borrower waits.
  'generic-pool, 30 s limit': () => {
    const pool = genericPool.createPool<Resource>({ create, destroy }, { max, acquireTimeoutMillis: 30_000 });
    return { acquire: () => pool.acquire(), release: (resource) => pool.release(resource) };
  },
  'an array, for comparison': () => line(() => {}),
  // And with how long each resource was used: one reading of the clock a release, two fifths of what ours adds.
  'an array and a clock': () => {
    let usedMs = 0;
    let lastMs = performance.now();
    return line(() => {
      const nowMs = performance.now();
      usedMs += nowMs - lastMs;
      lastMs = nowMs;
      if (!(usedMs >= 0)) throw new Error('the clock went back');
    });
  },
  tarn: () => {
    const pool = new TarnPool<Resource>({ create, destroy, min: 0, max });
    return { acquire: () => pool.acquire().promise, release: (resource) => pool.release(resource) };
  },
};

/** What the users themselves cost, and waiting in a line: nothing is created, counted or given up. */
function line(onRelease: () => void): Peer {
  const idle: Resource[] = Array.from({ length: max }, () => ({ borrowed: false }));
  const waiting: ((resource: Resource) => void)[] = [];
  let served = 0;
  return {
    acquire: () => {
      const resource = idle.pop();
      if (resource !== undefined) return Promise.resolve(resource);
      return new Promise((resolve) => {
        waiting.push(resolve);
      });
    },
    release: (resource) => {
      onRelease();
      const next = waiting[served];
      if (next === undefined) return idle.push(resource);
      if (++served === 1_000) {
        waiting.splice(0, served);
        served = 0;
      }
      return next(resource);
    },
  };
}

const users: Readonly<Record<string, { readonly users: number; readonly hold: number }>> = {
  '1 user': { users: 1, hold: 0 },
  '10 users of 10 resources': { users: 10, hold: 0 },
  '64 users of 10 resources': { users: 64, hold: 0 },
  '64 users, held for some promise jobs': { users: 64, hold: 3 },
};

const [, self = '', workload, peer] = process.argv;
if (workload === undefined || peer === undefined) {
  const medians = runPeerRounds({
    title: 'Pool',
    script: fileURLToPath(import.meta.url),
    workloads: Object.keys(users),
    peers: Object.keys(peers),
    rounds: 9,
  });
  const least = (index: number): string =>
    Math.min(...Array.from(medians.values(), (times) => (times[index] ?? NaN) / (times[0] ?? NaN))).toFixed(
      2,
    );
  console.log(`Least against generic-pool: ${least(1)} as it comes, ${least(2)} with a limit (aim 2.0); `);
  console.log(`against tarn: ${least(5)} (aim 1.0)`);
  const net = Array.from(
    medians.values(),
    ([ours = NaN, theirs = NaN, , array = NaN]) => (theirs - array) / (ours - array),
  );
  console.log(
    `Least against generic-pool without what the users and the line cost: ${Math.min(...net).toFixed(2)}`,
  );
} else {
  const load = users[workload];
  const subject = peers[peer]?.();
  if (load === undefined || subject === undefined) throw new Error(`${self}: no ${workload} or ${peer}`);
  await run(subject, load, 50_000);
  const cycles = 200_000;
  const start = performance.now();
  await run(subject, load, cycles);
  console.log(((performance.now() - start) * 1e6) / cycles);
  process.exit(0);
}

async function run(pool: Peer, load: { readonly users: number; readonly hold: number }, cycles: number) {
  let left = cycles;
  const user = async (): Promise<void> => {
    while (left-- > 0) {
      const resource = await pool.acquire();
      if (resource.borrowed) throw new Error('lent twice');
      resource.borrowed = true;
      for (let job = 0; job < load.hold; job++) await null;
      resource.borrowed = false;
      // generic-pool's release returns a promise; its users do not wait for it.
      void pool.release(resource);
    }
  };
  await Promise.all(Array.from({ length: load.users }, user));
}
