import { createPool } from 'perfkit/pool';
import { choiceOption, numberOption } from '../patterns/scenario-options.ts';
import type { ScenarioSubject } from '../patterns/scenario-context.ts';
import { importPeer } from './import-peer.ts';

/** Run tasks, at most so many at once, in the order they came. */
type RunTask = (task: () => Promise<number>) => Promise<number>;

const names = ['perfkit', 'p-queue'] as const;
const atOnce = 10;

/**
 * Tasks of which at most 10 run at once: `pool.use` with 10 permits, or a queue made for it. Options: queue, burst (tasks
 * an operation adds at once and waits for). Every result is compared, and how many run at once.
 */
export async function createQueueSubject(
  options: Readonly<Record<string, unknown>>,
): Promise<ScenarioSubject> {
  const create = makers[choiceOption(options, 'queue', names)];
  const burst = numberOption(options, 'burst', 200);
  await check(await create());
  const run = await create();
  let next = 0;
  return {
    operations: {
      tasks: async () => {
        const first = next;
        next += burst;
        const results: Promise<number>[] = [];
        for (let index = 0; index < burst; index++) {
          const item = first + index;
          results.push(run(async () => item + 1));
        }
        const answers = await Promise.all(results);
        for (let index = 0; index < burst; index++) {
          if (answers[index] !== first + index + 1)
            throw new Error(`Wrong answer: ${answers[index]} for the task ${first + index}`);
        }
        return next;
      },
    },
  };
}

const makers: Readonly<Record<(typeof names)[number], () => RunTask | Promise<RunTask>>> = {
  perfkit: () => {
    const pool = createPool<object>({ create: () => ({}), destroy: () => undefined, max: atOnce });
    return (task) => pool.use(task);
  },
  'p-queue': async () => {
    const { default: PQueue } = await importPeer('p-queue', () => import('p-queue'));
    const queue = new PQueue({ concurrency: atOnce });
    return (task) => queue.add(task);
  },
};

async function check(run: RunTask): Promise<void> {
  let running = 0;
  let most = 0;
  const started: number[] = [];
  const task = (item: number) => async (): Promise<number> => {
    started.push(item);
    most = Math.max(most, ++running);
    await Promise.resolve();
    running--;
    if (item === 50) throw new Error('task failed');
    return item;
  };
  const outcomes = await Promise.allSettled(Array.from({ length: 100 }, (_, item) => run(task(item))));
  for (const [item, outcome] of outcomes.entries()) {
    const right =
      item === 50 ? outcome.status === 'rejected' : outcome.status === 'fulfilled' && outcome.value === item;
    if (!right) throw new Error(`Wrong answer: the task ${item} ended as ${outcome.status}`);
  }
  if (most !== atOnce) throw new Error(`Wrong answer: ${most} tasks at once, not ${atOnce}`);
  if (started.length !== 100 || started.some((item, index) => item !== index))
    throw new Error('Wrong answer: tasks did not start in the order they came, each once');
}
