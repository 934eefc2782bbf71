import { once } from 'node:events';
import { createServer } from 'node:net';
import { nowNs } from '../measure/clock.ts';
import { countRequests } from './count-requests.ts';
import { ReplySchedule } from './reply-schedule.ts';
import { replyDueNs } from './script.ts';
import type { Socket } from 'node:net';
import type { Clock } from '../measure/clock.ts';
import type { Script } from './script.ts';

export interface ScriptedServer {
  readonly port: number;
  /** Requests seen so far. */
  readonly requests: () => number;
  readonly close: () => Promise<void>;
}

const okReply = Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');

/**
 * An HTTP server with known behaviour, to hold a load generator against: it listens on a free loopback port and
 * treats every request as the script says. It knows of HTTP only where a request ends.
 */
export async function startScriptedServer(script: Script, now: Clock = nowNs): Promise<ScriptedServer> {
  const sockets = new Set<Socket>();
  const schedule = new ReplySchedule(now);
  const answer = createAnswer(script, schedule, now);
  let requests = 0;
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    const count = countRequests();
    socket.on('data', (chunk) => {
      for (let left = count(chunk); left > 0; left--) {
        requests++;
        answer(socket);
      }
    });
    // the generator may close or reset at any time; that is its business
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    requests: () => requests,
    close: async () => {
      schedule.stop();
      server.close();
      for (const socket of sockets) socket.destroy();
      if (server.listening) await once(server, 'close');
    },
  };
}

function createAnswer(script: Script, schedule: ReplySchedule, now: Clock): (socket: Socket) => void {
  switch (script.kind) {
    case 'timed': {
      let firstNs: number | null = null;
      let warmup = script.warmupRequests;
      return (socket) => {
        if (warmup > 0) {
          warmup--;
          socket.write(okReply);
          return;
        }
        const at = now();
        firstNs ??= at;
        schedule.add(firstNs + replyDueNs(script, at - firstNs), () => socket.write(okReply));
      };
    }
    case 'limited': {
      let freeNs = 0;
      return (socket) => {
        freeNs = Math.max(freeNs, now()) + 1e9 / script.perSecond;
        schedule.add(freeNs, () => socket.write(okReply));
      };
    }
    case 'cut':
      return (socket) => {
        const end = (): void => {
          if (script.how === 'reset') socket.resetAndDestroy();
          else socket.end();
        };
        if (script.afterBytes === 0) end();
        // the reset discards what the other side has not read: give the bytes their way first
        else socket.write(okReply.subarray(0, script.afterBytes), () => setTimeout(end, 20));
      };
    case 'raw':
      return (socket) => socket.write(Buffer.from(script.bytes, 'latin1'));
    case 'slow':
      return (socket) => sendSlowly(socket, script.bodyBytes, script.everyNs);
    case 'silent':
      return () => undefined;
    case 'stale': {
      const served = new WeakSet<Socket>();
      return (socket) => {
        if (served.has(socket)) socket.resetAndDestroy();
        else socket.write(okReply);
        served.add(socket);
      };
    }
  }
}

function sendSlowly(socket: Socket, bodyBytes: number, everyNs: number): void {
  let left = bodyBytes;
  socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${bodyBytes}\r\n\r\n`);
  const timer = setInterval(() => {
    if (left-- > 0) socket.write('.');
    else clearInterval(timer);
  }, everyNs / 1e6);
  socket.once('close', () => clearInterval(timer));
}
