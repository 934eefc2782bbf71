import { once } from 'node:events';
import { createBatcher } from 'perfkit/batcher';
import { WebSocket, WebSocketServer } from 'ws';
import { flagOption } from '../patterns/scenario-options.ts';
import type { ScenarioContext, ScenarioSubject } from '../patterns/scenario-context.ts';

interface StepContext extends ScenarioContext {
  readonly now: () => number;
  readonly histogram: (metric: string) => { record(value: number): void };
}

const conversations = 16;
const lowRate = 30;
const highRate = 300;
const stepMs = 500;
/** What is documented: a frame for 10 messages, or for those of 100 ms. */
const fixed = { maxBatchSize: 10, maxWaitMs: 100 };
/** Adaptive: frames that a conversation may send in a second, whatever its rate; their size adapts to that. */
const framesPerSecond = 25;
const mostInFrame = 1_000;

interface Message {
  readonly dueNs: number;
  readonly isLow: boolean;
}

interface Sender {
  readonly send: (message: Message) => void;
  readonly close: () => Promise<void>;
}

interface Frames {
  low: number;
  high: number;
}

/**
 * Messages of 16 conversations over WebSockets on the loopback, at random times: half a second at 30 a second, half a
 * second at 300, and so on. Option adaptive: a message goes at once when its conversation has sent no frame for a 25th
 * of a second, else with all that come until then; without it in batches of 10 or 100 ms. An operation is a step.
 */
export async function createAdaptiveBatches(
  options: Readonly<Record<string, unknown>>,
  { now, histogram, random }: StepContext,
): Promise<ScenarioSubject> {
  const delivery = { low: histogram('delivery_low'), high: histogram('delivery_high') };
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  const isAdaptive = flagOption(options, 'adaptive', true);
  const frames: Frames = { low: 0, high: 0 };
  const stepped = { low: 0, high: 0 };
  const receive = (messages: readonly Message[]): void => {
    const readNs = now();
    // A frame counts for the step in which its first message was sent.
    frames[messages[0]?.isLow === true ? 'low' : 'high']++;
    for (const { dueNs, isLow } of messages) {
      (isLow ? delivery.low : delivery.high).record(Math.max(1, readNs - dueNs));
    }
  };
  const senders: Sender[] = [];
  // One by one, so that each knows which of the server's connections is its own.
  for (let count = 0; count < conversations; count++) {
    senders.push(await connect(server, isAdaptive, now, receive));
  }
  const sendFor = async (send: (message: Message) => void, isLow: boolean): Promise<void> => {
    const rate = isLow ? lowRate : highRate;
    const endNs = now() + stepMs * 1e6;
    // Exponential gaps: a Poisson process.
    for (let dueNs = now(); ;) {
      dueNs += (-Math.log(1 - random.next()) * 1e9) / rate;
      await waitUntil(Math.min(dueNs, endNs), now);
      if (dueNs >= endNs) return;
      send({ dueNs, isLow });
    }
  };
  return {
    operations: {
      async step(index) {
        const isLow = index % 2 === 0;
        await Promise.all(senders.map(({ send }) => sendFor(send, isLow)));
        stepped[isLow ? 'low' : 'high']++;
      },
    },
    measuring: () => {
      Object.assign(frames, { low: 0, high: 0 });
      Object.assign(stepped, { low: 0, high: 0 });
    },
    metrics: () => ({
      frames_low: frames.low / Math.max(1, stepped.low),
      frames_high: frames.high / Math.max(1, stepped.high),
    }),
    close: async () => {
      await Promise.all(senders.map(({ close }) => close()));
      server.close();
      await once(server, 'close');
    },
  };
}

async function connect(
  server: WebSocketServer,
  isAdaptive: boolean,
  now: () => number,
  receive: (messages: readonly Message[]) => void,
): Promise<Sender> {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('Expected a server with a port');
  const accepted = once(server, 'connection');
  const client = new WebSocket(`ws://127.0.0.1:${address.port}`, { perMessageDeflate: false });
  client.on('message', (data: Buffer) => receive(JSON.parse(data.toString())));
  const [socket] = await accepted;
  if (client.readyState !== WebSocket.OPEN) await once(client, 'open');
  const gapMs = 1_000 / framesPerSecond;
  let lastFrameMs = -Infinity;
  const batcher = createBatcher<Message, void>({
    ...(isAdaptive
      ? {
          maxBatchSize: mostInFrame,
          schedule: (handOver: () => void) => {
            const waitMs = lastFrameMs + gapMs - now() / 1e6;
            if (waitMs <= 0) handOver();
            else setTimeout(handOver, waitMs);
          },
        }
      : fixed),
    handler: async (messages) => {
      lastFrameMs = now() / 1e6;
      socket.send(JSON.stringify(messages));
      return messages.map(() => undefined);
    },
  });
  return {
    send: (message) => void batcher.add(message),
    close: async () => {
      await batcher.close();
      client.terminate();
      socket.terminate();
    },
  };
}

async function waitUntil(dueNs: number, now: () => number): Promise<void> {
  const waitMs = (dueNs - now()) / 1e6;
  if (waitMs <= 0) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  setTimeout(resolve, waitMs);
  await promise;
}
