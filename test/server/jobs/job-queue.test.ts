import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createJobQueue } from '../../../src/server/jobs/job-queue.ts';
import { findLikePairs } from '../../../src/server/jobs/job-tasks.ts';
import type { Job } from '../../../src/server/jobs/job.ts';
import type { Priority } from '../../../src/components/batcher/index.ts';
import { VirtualClock } from '../../helpers/virtual-clock.ts';

function setUp(config: { readonly maxQueuedJobs?: number; readonly workerThreads?: number } = {}) {
  const clock = new VirtualClock();
  const ran: string[] = [];
  const ends: ((result: unknown) => void)[] = [];
  const fails: ((error: Error) => void)[] = [];
  const queue = createJobQueue(
    { maxQueuedJobs: 100, workerThreads: 1, drainMs: 5_000, ...config },
    {
      run: (job) => {
        ran.push(job.kind === 'answer' ? job.question : '');
        return new Promise((resolve, reject) => {
          ends.push(resolve);
          fails.push(reject);
        });
      },
    },
    { now: clock.nowMs, timers: clock },
  );
  const add = (question: string, priority: Priority = 'medium') => {
    const job: Job = { kind: 'answer', conversation: 'c', question };
    return queue.add({ job, priority });
  };
  /** Let the job that runs end, and the next one start. */
  const endOne = async (result: unknown): Promise<void> => {
    ends.shift()?.(result);
    fails.shift();
    await clock.advance(10);
  };
  return { clock, queue, ran, add, endOne, fails };
}

describe('background jobs', () => {
  test('run in the order of their priority, and of their coming within one', async () => {
    const { clock, ran, add, endOne } = setUp();
    add('first');
    await clock.advance(10);
    for (const [question, priority] of [
      ['low', 'low'],
      ['medium 1', 'medium'],
      ['high', 'high'],
      ['medium 2', 'medium'],
      ['critical', 'critical'],
    ] as const)
      add(question, priority);
    for (let index = 0; index < 6; index++) await endOne(index);
    assert.deepEqual(ran, ['first', 'critical', 'high', 'medium 1', 'medium 2', 'low']);
  });

  test('go through their states, and their result is kept', async () => {
    const { clock, queue, add, endOne, fails } = setUp();
    const [first, second] = [add('a'), add('b')];
    assert.deepEqual([first.state, second.state], ['running', 'queued']);
    await clock.advance(10);
    assert.deepEqual([queue.status(first.id)?.state, queue.status(second.id)?.state], ['running', 'queued']);
    await endOne({ answer: 42 });
    assert.deepEqual(queue.status(first.id), { ...first, state: 'done', result: { answer: 42 } });
    fails[0]?.(new Error('no'));
    await clock.settle();
    assert.deepEqual(queue.status(second.id), { ...second, state: 'failed', error: 'no' });
    await clock.advance(600_000);
    assert.equal(queue.status(first.id), undefined);
  });

  test('are refused when too many wait, and taken again later', async () => {
    const { clock, queue, add, endOne } = setUp({ maxQueuedJobs: 2 });
    add('runs');
    await clock.advance(10);
    add('waits');
    add('waits too');
    assert.throws(() => add('too many'), { name: 'QueueFullError' });
    await endOne(1);
    add('again');
    assert.equal(queue.stats().queued, 2);
  });

  test('that are done in time when the server stops succeed, others fail, and no new ones are taken', async () => {
    const { clock, queue, add, endOne } = setUp();
    const [first, second] = [add('a'), add('b')];
    await clock.advance(10);
    const closed = queue.close();
    assert.throws(() => add('late'), { name: 'BatcherClosedError' });
    await endOne(1);
    await clock.advance(4_900);
    assert.equal(queue.status(second.id)?.state, 'running');
    await clock.advance(100);
    await closed;
    await clock.settle();
    assert.equal(queue.status(first.id)?.state, 'done');
    assert.equal(queue.status(second.id)?.error, 'the server stopped before the job was done');
    assert.equal(clock.pending.length, 0);
  });
});

test('the pairs that are most alike are found among many texts', () => {
  const texts = Array.from({ length: 300 }, (_, index) => `number${index * 7919} word${index * 104_729}`);
  texts[10] = 'the same sentence twice';
  texts[200] = 'The same sentence, twice!';
  const [best, ...others] = findLikePairs(texts);
  assert.deepEqual([best?.first, best?.second], [10, 200]);
  assert.ok(Math.abs((best?.likeness ?? 0) - 1) < 1e-6);
  assert.equal(others.length, 9);
});
