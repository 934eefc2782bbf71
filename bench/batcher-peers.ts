import { fileURLToPath } from 'node:url';
import DataLoader from 'dataloader';
import PQueue from 'p-queue';
import { afterPromiseJobs, createBatcher } from '../src/components/batcher/index.ts';
import { runPeerRounds } from './peer-rounds.ts';

// The batcher beside dataloader, item for item: the same items, the same sizes of batches, the same handler, each
// result checked. p-queue, which does not batch, shows what a queue alone costs.
//
//     node bench/batcher-peers.ts

const batchSize = 100;

interface Peer {
  add(item: number): Promise<number>;
  /** Between bursts: what a user of the package would do to forget old items. */
  forget?(): void;
}

const handler = (items: readonly number[]): Promise<number[]> =>
  Promise.resolve(items.map((item) => item + 1));

const peers: Readonly<Record<string, () => Peer>> = {
  ours: () => {
    const batcher = createBatcher<number, number>({ handler, maxBatchSize: batchSize, concurrency: 10 });
    return { add: (item) => batcher.add(item) };
  },
  'ours, by tick': () => {
    const schedule = afterPromiseJobs;
    const batcher = createBatcher<number, number>({
      handler,
      maxBatchSize: batchSize,
      concurrency: 10,
      schedule,
    });
    return { add: (item) => batcher.add(item) };
  },
  'dataloader, cache off': () => {
    const loader = new DataLoader<number, number>(handler, { cache: false, maxBatchSize: batchSize });
    return { add: (item) => loader.load(item) };
  },
  'dataloader, as it comes': () => {
    const loader = new DataLoader<number, number>(handler, { maxBatchSize: batchSize });
    return { add: (item) => loader.load(item), forget: () => void loader.clearAll() };
  },
  'p-queue, no batches': () => {
    const queue = new PQueue({ concurrency: 10 });
    return { add: (item) => queue.add(async () => item + 1) };
  },
};

const workloads: Readonly<Record<string, (peer: Peer, items: number) => Promise<void>>> = {
  'bursts of 1,000': async (peer, items) => {
    for (let item = 0; item < items;) {
      const results: Promise<number>[] = [];
      for (let index = 0; index < 1000; index++) results.push(peer.add(item++));
      const last = item;
      check(await Promise.all(results), last - 1000);
      peer.forget?.();
    }
  },
  '100 users, one after the other': async (peer, items) => {
    let next = 0;
    const user = async (): Promise<void> => {
      while (next < items) {
        const item = next++;
        if ((await peer.add(item)) !== item + 1) throw new Error(`wrong result for ${item}`);
        if (next % 1000 === 0) peer.forget?.();
      }
    };
    await Promise.all(Array.from({ length: batchSize }, user));
  },
};

const [, self = '', workload, peer] = process.argv;
if (workload === undefined || peer === undefined) {
  const medians = runPeerRounds({
    title: 'Batcher',
    script: fileURLToPath(import.meta.url),
    workloads: Object.keys(workloads),
    peers: Object.keys(peers),
    rounds: 9,
  });
  const worst = Math.min(
    ...Array.from(medians.values(), ([ours = NaN, byTick = NaN, off = NaN]) => off / Math.min(ours, byTick)),
  );
  console.log(`Least against dataloader without cache, per item: ${worst.toFixed(2)} (aim 1.0)`);
} else {
  const run = workloads[workload];
  const create = peers[peer];
  if (run === undefined || create === undefined) throw new Error(`${self}: no ${workload} or ${peer}`);
  const subject = create();
  await run(subject, 300_000);
  const items = 600_000;
  const start = performance.now();
  await run(subject, items);
  console.log(((performance.now() - start) * 1e6) / items);
  process.exit(0);
}

function check(results: readonly number[], first: number): void {
  for (const [index, result] of results.entries()) {
    if (result !== first + index + 1) throw new Error(`wrong result for ${first + index}: ${result}`);
  }
}
