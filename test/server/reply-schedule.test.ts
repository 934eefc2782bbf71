import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nowNs } from '../../src/measure/clock.ts';
import { ReplySchedule } from '../../src/server/reply-schedule.ts';

test('sends in order and never before the reply is due', async () => {
  const schedule = new ReplySchedule();
  const start = nowNs();
  const sent: { readonly dueNs: number; readonly atNs: number }[] = [];
  await new Promise<void>((resolve) => {
    for (const offsetMs of [0, 0, 0.5, 4, 4, 9]) {
      const dueNs = start + offsetMs * 1e6;
      schedule.add(dueNs, () => {
        sent.push({ dueNs, atNs: nowNs() });
        if (offsetMs === 9) resolve();
      });
    }
  });
  assert.equal(sent.length, 6);
  assert.deepEqual(
    sent.map(({ dueNs }) => dueNs),
    sent.map(({ dueNs }) => dueNs).toSorted((a, b) => a - b),
  );
  for (const { dueNs, atNs } of sent) assert.ok(atNs >= dueNs);
});

test('sends nothing after stop', async () => {
  const schedule = new ReplySchedule();
  schedule.add(nowNs() + 1e6, () => assert.fail('it was stopped'));
  schedule.stop();
  const other = new ReplySchedule();
  await new Promise<void>((resolve) => other.add(nowNs() + 3e6, resolve));
});
