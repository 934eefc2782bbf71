import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { DeadlineQueue } from '../../../../src/load/connections/deadline-queue.ts';
import { createMessageWriter } from '../../../../src/load/lanes/socket/message-writer.ts';
import { socketLaneOf } from '../../../../src/load/lanes/socket/socket-lane.ts';
import { streamClocks } from '../../../../src/load/record/extra-metrics.ts';
import { HistogramPool } from '../../../../src/load/record/histogram-pool.ts';
import { Recorder } from '../../../../src/load/record/recorder.ts';
import { Histogram } from '../../../../src/measure/histogram.ts';
import { createVirtualLoop } from '../../virtual-loop.ts';
import { lanePhase } from '../lane-phase.ts';
import { connectNs, createFakeSockets } from './fake-sockets.ts';
import type { LanePhase } from '../../../../src/load/lanes/lane.ts';
import type { SocketPlan } from '../../../../src/model/stream-plan.ts';
import type { FakeSocketServer } from './fake-sockets.ts';

const byId: SocketPlan = {
  kind: 'socket',
  protocols: [],
  deflate: false,
  send: { everyNs: 100e6, format: 'json', text: '{"ping":"${iteration}"}', binaryBytes: 0 },
  match: { place: ['pong'], timeoutNs: 500e6 },
  stamp: null,
  untilMessages: null,
  untilNs: null,
  maxMessageBytes: 1000,
};

const pong = (message: string): string => message.replace('ping', 'pong');

interface Run {
  readonly recorder: Recorder;
  readonly connections: number;
  readonly messages: number;
  readonly histogram: (metric: string) => Histogram;
  readonly errors: () => Record<string, number>;
}

async function run(
  plan: SocketPlan,
  server: FakeSocketServer,
  {
    forNs = 1e9,
    drainNs = 2e9,
    phase: changes = {},
    arrivalsAtNs = [],
  }: {
    forNs?: number;
    drainNs?: number;
    phase?: Partial<LanePhase>;
    arrivalsAtNs?: readonly number[];
  } = {},
): Promise<Run> {
  const loop = createVirtualLoop();
  const pool = new HistogramPool();
  const recorder = new Recorder([{ name: 'feed', clocks: streamClocks.socket }], pool, (text) => text);
  const transport = createFakeSockets(loop, server);
  const replyDeadlines = plan.match === null ? null : new DeadlineQueue(loop, plan.match.timeoutNs);
  const write = plan.send === null ? null : createMessageWriter(plan.send, {});
  const lane = socketLaneOf({
    loop,
    wallMs: () => loop.now() / 1e6,
    pacing: 'eco',
    traffic: { bytesIn: 0, bytesOut: 0 },
    maxWaiting: 5,
    stepOf: () => ({ index: 0, label: 'WS /live', plan, transport, write, replyDeadlines }),
    ended: () => undefined,
    stop: () => replyDeadlines?.stop(),
  });
  const phase = lanePhase(recorder, changes);
  const wait = (ns: number): Promise<void> => new Promise((resolve) => void loop.after(ns, resolve));
  await loop.runUntil(
    (async () => {
      await lane.prepare(phase);
      lane.begin(phase);
      const startNs = loop.now();
      for (const atNs of arrivalsAtNs) loop.after(atNs, () => void lane.arrive(startNs + atNs, 0));
      await wait(forNs);
      lane.quiesce();
      await wait(drainNs);
      lane.close(false);
    })(),
  );
  const slices = [...recorder.take().encode(null)];
  const draftErrors: Record<string, number> = Object.fromEntries(recorder.errorTotals);
  return {
    recorder,
    connections: transport.connections(),
    messages: transport.messages(),
    histogram: (metric) => {
      const sum = new Histogram({ wide: true });
      for (const slice of slices) if (slice.metric === metric) sum.addEncoded(slice.data);
      return sum;
    },
    errors: () => draftErrors,
  };
}

const good: FakeSocketServer = {
  connect: () => null,
  answer: (message) => ({ afterNs: 5e6, what: pong(message) }),
};

function near(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) <= expected * 0.001 + 1, `${actual} is not about ${expected}`);
}

describe('sockets', () => {
  test('messages are due at fixed times and their replies are found by what they repeat', async () => {
    const { recorder, histogram, connections } = await run(byId, good);
    assert.deepEqual({ ...recorder.totals }, { arrivals: 10, ok: 10, errors: 0, dropped: 0, cut: 0 });
    assert.equal(connections, 1);
    near(histogram('ws_round_trip').valueAt(50), 5e6);
    near(histogram('ws_connect_time').valueAt(50), connectNs);
    assert.deepEqual([recorder.flows.started, recorder.flows.ended], [1, 1]);
  });

  test('a slow server does not slow the messages down', async () => {
    const slow = { ...good, answer: (message: string) => ({ afterNs: 400e6, what: pong(message) }) };
    const { recorder, histogram, messages } = await run(byId, slow);
    assert.equal(messages, 10);
    assert.equal(recorder.totals.ok, 10);
    near(histogram('ws_round_trip').valueAt(50), 400e6);
  });

  test('without a time of its own the next message follows the reply', async () => {
    const plan = { ...byId, send: { ...byId.send!, everyNs: null }, match: { place: null, timeoutNs: 1e9 } };
    const { recorder } = await run(plan, { ...good, answer: () => ({ afterNs: 10e6, what: 'anything' }) });
    assert.equal(recorder.totals.ok, 100);
  });

  test('messages that fall due while there is no socket wait for it and are late by that time', async () => {
    let sockets = 0;
    const server: FakeSocketServer = {
      connect: () => (sockets++ === 1 ? 'refuse' : null),
      answer: (message, nth) =>
        nth === 2 ? { afterNs: 1e6, what: 'close' } : { afterNs: 1e6, what: pong(message) },
    };
    const { recorder, errors } = await run({ ...byId, send: { ...byId.send!, everyNs: 5e6 } }, server, {
      forNs: 100e6,
    });
    const { arrivals, ok, dropped } = recorder.totals;
    assert.equal(arrivals, 20);
    assert.ok(ok >= 14, `${ok}`);
    assert.equal(arrivals, ok + recorder.totals.errors + dropped);
    assert.ok((errors()['closed'] ?? 0) >= 1);
  });

  test('a reply that does not come is a time-out and censored', async () => {
    const { recorder, errors } = await run(byId, {
      ...good,
      answer: () => ({ afterNs: 0, what: 'silence' }),
    });
    assert.deepEqual(errors(), { timeout: 10 });
    assert.equal(recorder.totals.ok, 0);
  });

  test('a reply in its turn that never comes ends the socket, so that a late one is taken for no other', async () => {
    const send = { ...byId.send!, everyNs: 200e6 };
    const plan = { ...byId, send, match: { place: null, timeoutNs: 150e6 } };
    const { recorder, connections, errors } = await run(
      plan,
      {
        ...good,
        answer: (_message, nth) => ({ afterNs: 1e6, what: nth === 3 ? 'silence' : 'reply' }),
      },
      { forNs: 2e9 },
    );
    assert.equal(connections, 2);
    assert.equal(recorder.totals.arrivals, recorder.totals.ok + recorder.totals.errors);
    assert.equal(errors()['timeout'], 1);
  });

  test('a listener tells the gaps between messages, and is one operation', async () => {
    const pushes = [10e6, 30e6, 50e6].map((atNs) => ({ atNs, what: '{"sentAt":0}' }));
    const plan: SocketPlan = { ...byId, send: null, match: null, untilMessages: null };
    const { recorder, histogram } = await run(plan, { ...good, pushes });
    assert.deepEqual({ ...recorder.totals }, { arrivals: 1, ok: 1, errors: 0, dropped: 0, cut: 0 });
    assert.equal(histogram('ws_gap').count, 2);
    near(histogram('ws_gap').valueAt(50), 20e6);
  });

  test('a listener that the server leaves has failed, and connects again', async () => {
    const plan: SocketPlan = { ...byId, send: null, match: null };
    const { errors, connections } = await run(
      plan,
      { ...good, connect: (nth) => (nth === 1 ? 'refuse' : null), pushes: [{ atNs: 5e6, what: 'close' }] },
      { forNs: 50e6 },
    );
    assert.ok(connections >= 3);
    assert.ok((errors()['closed'] ?? 0) >= 2);
    assert.equal(errors()['refused'], 1);
  });

  test('a step that is done closes its socket, and its user begins again', async () => {
    const plan = { ...byId, untilMessages: 3 };
    const { recorder, connections } = await run(plan, good, { phase: { maxFlowsPerUser: 2 } });
    assert.equal(recorder.totals.ok, 6);
    assert.equal(connections, 2);
    assert.deepEqual([recorder.flows.started, recorder.flows.ended], [2, 2]);
  });

  test('an arrival opens a socket, does its step and goes; more than the bound are dropped', async () => {
    const { recorder, connections } = await run({ ...byId, untilMessages: 2 }, good, {
      phase: { model: 'open', size: 2 },
      arrivalsAtNs: [0, 1e6, 2e6, 500e6],
    });
    assert.equal(connections, 3);
    assert.deepEqual({ ...recorder.totals }, { arrivals: 7, ok: 6, errors: 0, dropped: 1, cut: 0 });
    assert.deepEqual([recorder.flows.started, recorder.flows.ended], [3, 3]);
  });

  test('whatever the server does, every message ends once', async () => {
    const answer = fc.record({
      // a reply in no time would make a closed loop of hundreds of millions of messages
      afterNs: fc.integer({ min: 100e3, max: 300e6 }),
      what: fc.constantFrom('pong', 'pong', 'pong', 'silence', 'close', 'noise', '{"pong":[]}', '{'),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(answer, { minLength: 1, maxLength: 20 }),
        fc.array(fc.constantFrom(null, null, 'refuse' as const), { minLength: 1, maxLength: 5 }),
        fc.record({
          everyNs: fc.constantFrom(null, 7e6, 60e6),
          place: fc.constantFrom(null, ['pong']),
          untilMessages: fc.constantFrom(null, 1, 4),
          size: fc.integer({ min: 1, max: 4 }),
          drainNs: fc.constantFrom(1e6, 3e9),
        }),
        async (answers, connects, { everyNs, place, untilMessages, size, drainNs }) => {
          const server: FakeSocketServer = {
            connect: (nth) => connects[nth % connects.length] ?? null,
            answer: (message, nth) => {
              const { afterNs, what } = answers[nth % answers.length]!;
              return { afterNs, what: what === 'pong' ? pong(message) : what };
            },
          };
          const plan: SocketPlan = {
            ...byId,
            send: { ...byId.send!, everyNs },
            match: { place, timeoutNs: 200e6 },
            untilMessages,
          };
          const { recorder } = await run(plan, server, { forNs: 400e6, drainNs, phase: { size } });
          const { arrivals, ok, errors, dropped, cut } = recorder.totals;
          assert.equal(arrivals, ok + errors + dropped + cut);
          assert.equal(recorder.flows.started, recorder.flows.ended);
        },
      ),
      { numRuns: 200 },
    );
  });
});
