import { afterPromiseJobs, createBatcher } from 'perfkit/batcher';
import type { BatcherOptions } from 'perfkit/batcher';
import { choiceOption, numberOption } from '../patterns/scenario-options.ts';
import type { ScenarioSubject } from '../patterns/scenario-context.ts';
import { importPeer } from './import-peer.ts';

interface BatcherPeer {
  add(item: number): Promise<number>;
  /** Between bursts: what a user of the package does to have it forget old items. */
  readonly forget?: () => void;
}

type Handler = (items: readonly number[]) => Promise<number[]>;

const names = ['perfkit', 'perfkit-by-tick', 'dataloader', 'dataloader-cached'] as const;
const maxBatchSize = 100;

/**
 * Items collected into batches of at most 100, each added by a call that gives a promise of its own result. Options:
 * batcher, burst (items an operation adds at once and waits for). Every result is compared. Batches are counted: who
 * calls the handler for each item alone is not batching.
 */
export async function createBatcherSubject(
  options: Readonly<Record<string, unknown>>,
): Promise<ScenarioSubject> {
  const create = makers[choiceOption(options, 'batcher', names)];
  const burst = numberOption(options, 'burst', 1_000);
  await check(create);
  const peer = await create((items) => Promise.resolve(items.map((item) => item + 1)));
  let next = 0;
  const addBurst = async (): Promise<number> => {
    const first = next;
    next += burst;
    const results: Promise<number>[] = [];
    for (let index = 0; index < burst; index++) results.push(peer.add(first + index));
    const answers = await Promise.all(results);
    for (let index = 0; index < burst; index++) {
      if (answers[index] !== first + index + 1) wrong(first + index, answers[index]);
    }
    peer.forget?.();
    return next;
  };
  const addOne = async (): Promise<number> => {
    const item = next++;
    const answer = await peer.add(item);
    if (answer !== item + 1) wrong(item, answer);
    if (item % 1_000 === 0) peer.forget?.();
    return answer;
  };
  return { operations: { add: burst > 1 ? addBurst : addOne } };
}

const makers: Readonly<
  Record<(typeof names)[number], (handler: Handler) => BatcherPeer | Promise<BatcherPeer>>
> = {
  perfkit: (handler) => ours(handler, {}),
  'perfkit-by-tick': (handler) => ours(handler, { schedule: afterPromiseJobs }),
  dataloader: async (handler) => {
    const { default: DataLoader } = await importPeer('dataloader', () => import('dataloader'));
    const loader = new DataLoader<number, number>(handler, { cache: false, maxBatchSize });
    return { add: (item) => loader.load(item) };
  },
  'dataloader-cached': async (handler) => {
    const { default: DataLoader } = await importPeer('dataloader', () => import('dataloader'));
    const loader = new DataLoader<number, number>(handler, { maxBatchSize });
    return { add: (item) => loader.load(item), forget: () => void loader.clearAll() };
  },
};

function ours(handler: Handler, options: Pick<BatcherOptions<number, number>, 'schedule'>): BatcherPeer {
  const batcher = createBatcher<number, number>({ handler, maxBatchSize, concurrency: 10, ...options });
  return { add: (item) => batcher.add(item) };
}

/** Each item handled once, in batches no longer than agreed, its own result back, and one failure shared by its batch alone. */
async function check(create: (typeof makers)[keyof typeof makers]): Promise<void> {
  const batches: (readonly number[])[] = [];
  const peer = await create(async (items) => {
    batches.push([...items]);
    if (items.includes(-1)) throw new Error('handler failed');
    return items.map((item) => item * 2);
  });
  const items = Array.from({ length: 250 }, (_, index) => index);
  const answers = await Promise.all(items.map((item) => peer.add(item)));
  for (const item of items) if (answers[item] !== item * 2) wrong(item, answers[item]);
  const handled = batches.flat().toSorted((a, b) => a - b);
  if (handled.length !== items.length || handled.some((item, index) => item !== index))
    throw new Error(`Wrong answer: ${items.length} items added, ${handled.length} handled`);
  if (batches.length > 10 || batches.some((batch) => batch.length > maxBatchSize))
    throw new Error(
      `Wrong answer: ${batches.length} batches for ${items.length} items of ${maxBatchSize} each`,
    );
  const failed = await Promise.allSettled([peer.add(-1)]);
  if (failed[0]?.status !== 'rejected') throw new Error('Wrong answer: a failed batch was resolved');
  if ((await peer.add(9_999)) !== 19_998) throw new Error('Wrong answer: nothing works after a failure');
}

function wrong(item: number, answer: number | undefined): never {
  throw new Error(`Wrong answer: ${answer} for the item ${item}`);
}
