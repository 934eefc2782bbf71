import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { describe, test } from 'node:test';
import { createTcpTransport } from '../../../../src/load/connections/tcp-transport.ts';
import { DeadlineQueue } from '../../../../src/load/connections/deadline-queue.ts';
import { nodeEventLoop } from '../../../../src/load/engine/event-loop.ts';
import { eventsLaneOf } from '../../../../src/load/lanes/events/events-lane.ts';
import { http1 } from '../../../../src/load/protocols/http1.ts';
import { streamClocks } from '../../../../src/load/record/extra-metrics.ts';
import { HistogramPool } from '../../../../src/load/record/histogram-pool.ts';
import { Recorder } from '../../../../src/load/record/recorder.ts';
import { limits } from '../../plans.ts';
import { lanePhase } from '../lane-phase.ts';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { EventsPlan } from '../../../../src/model/stream-plan.ts';

const accepts = new Uint8Array(600).fill(1, 200, 400);
const request = {
  bytes: Buffer.from('GET /events HTTP/1.1\r\nHost: x\r\n\r\n'),
  bodiless: false,
  closes: false,
};

interface Seen {
  readonly recorder: Recorder;
  readonly counts: Record<string, number>;
}

/** Run until so many operations have ended, against a real server. */
async function run(
  plan: Partial<EventsPlan>,
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  { operations = 3, timeoutNs = 5e9 }: { operations?: number; timeoutNs?: number } = {},
): Promise<Seen> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const recorder = new Recorder(
    [{ name: 'feed', clocks: streamClocks.events }],
    new HistogramPool(),
    (text) => text,
  );
  const phase = lanePhase(recorder, { maxRequests: operations });
  const connectDeadlines = new DeadlineQueue(nodeEventLoop, 5e9);
  const eventDeadlines = new DeadlineQueue(nodeEventLoop, timeoutNs);
  await new Promise<void>((resolve) => {
    const step = {
      index: 0,
      label: 'SSE /events',
      plan: { kind: 'events' as const, untilEvents: 3, untilNs: null, maxEventBytes: 1000, ...plan },
      request,
      accepts,
    };
    const lane = eventsLaneOf({
      loop: nodeEventLoop,
      transport: createTcpTransport({ address: '127.0.0.1', port, tls: null }),
      createParser: http1.parsers(limits),
      traffic: { bytesIn: 0, bytesOut: 0 },
      connectDeadlines,
      eventDeadlines,
      stepOf: () => step,
      opened: () => undefined,
      ended: () => {
        if (recorder.totals.ok + recorder.totals.errors < operations) return;
        lane.quiesce();
        lane.close(false);
        resolve();
      },
      stop: () => {
        connectDeadlines.stop();
        eventDeadlines.stop();
      },
    });
    void lane.prepare(phase).then(() => lane.begin(phase));
  });
  server.close();
  server.closeAllConnections();
  const draft = recorder.take();
  const counts: Record<string, number> = {};
  for (const { metric, count } of draft.counters(1e9)) counts[metric] = count;
  return { recorder, counts };
}

function stream(response: ServerResponse, text: string, end = true): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(text);
  if (end) response.end();
}

describe('server-sent events as operations', () => {
  test('a stream is done after so many events, and asked for again', async () => {
    const { recorder, counts } = await run({}, (_, response) =>
      stream(response, 'data: 1\n\ndata: 2\n\ndata: 3\n\ndata: 4\n\n', false),
    );
    assert.deepEqual({ ...recorder.totals }, { arrivals: 3, ok: 3, errors: 0, dropped: 0, cut: 0 });
    assert.equal(counts['sse_events'], 12);
    assert.deepEqual([recorder.flows.started, recorder.flows.ended], [3, 3]);
  });

  test('a stream is done after so long, however many events came', async () => {
    const { recorder } = await run(
      { untilEvents: null, untilNs: 20e6 },
      (_, response) => stream(response, 'data: 1\n\n', false),
      { operations: 1 },
    );
    assert.equal(recorder.totals.ok, 1);
  });

  test('a stream that ends before it is done has failed', async () => {
    const { recorder } = await run({}, (_, response) => stream(response, 'data: 1\n\n'));
    assert.deepEqual(Object.fromEntries(recorder.errorTotals), { closed: 3 });
  });

  test('another status is an error of its class', async () => {
    const { recorder } = await run({}, (_, response) => {
      response.writeHead(503).end('data: 1\n\ndata: 2\n\ndata: 3\n\n');
    });
    assert.deepEqual(Object.fromEntries(recorder.errorTotals), { status_5xx: 3 });
  });

  test('an event that is too long, and a reply that is not HTTP, are protocol errors', async () => {
    const long = await run({}, (_, response) => stream(response, `data: ${'x'.repeat(2000)}\n\n`, false), {
      operations: 1,
    });
    assert.deepEqual(Object.fromEntries(long.recorder.errorTotals), { protocol: 1 });
    const garbage = await run({}, (incoming) => incoming.socket.end('hello\r\n\r\n'), { operations: 1 });
    assert.deepEqual(Object.fromEntries(garbage.recorder.errorTotals), { protocol: 1 });
  });

  test('a server that falls silent is timed out, and the time is censored', async () => {
    const { recorder } = await run({}, (_, response) => stream(response, 'data: 1\n\n', false), {
      operations: 1,
      timeoutNs: 50e6,
    });
    assert.deepEqual(Object.fromEntries(recorder.errorTotals), { timeout: 1 });
  });

  test('a reset in the middle is told as one', async () => {
    const { recorder } = await run(
      {},
      (incoming, response) => {
        stream(response, 'data: 1\n\n', false);
        setImmediate(() => incoming.socket.resetAndDestroy());
      },
      { operations: 1 },
    );
    assert.equal(recorder.totals.errors, 1);
  });
});
