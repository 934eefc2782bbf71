import type { EventLoop } from '../../src/load/engine/event-loop.ts';
import type { Transport, WireEvents } from '../../src/load/connections/transport.ts';

/** What the fake server does with one request. */
export interface FakeReply {
  readonly afterNs: number;
  /** Bytes to send, or what happens to the stream instead: 'reset', 'close' or 'silence'. */
  readonly what: string;
}

export interface FakeServer {
  /** Asked at each new connection: null opens it, an error code refuses it, 'silence' never answers. */
  readonly connect: (nth: number) => null | 'ECONNREFUSED' | 'EMFILE' | 'silence';
  readonly reply: (nth: number, nowNs: number) => FakeReply;
  /** Told of each write, before its replies are asked for. */
  readonly written?: (text: string) => void;
  /** Asked after each reply: close the idle connection so long after it; null to keep it. */
  readonly closeIdleAfterNs?: () => number | null;
}

/** A server that answers every request after so long. */
export function answering(
  afterNs: number | ((nth: number) => number),
  changes: Partial<FakeServer> = {},
): FakeServer {
  return {
    connect: () => null,
    reply: (nth) => ({ afterNs: typeof afterNs === 'number' ? afterNs : afterNs(nth), what: ok() }),
    ...changes,
  };
}

export const connectNs = 1e6;

/** A transport to a server that lives on the same virtual time. Counts what it was asked. */
export function createFakeTransport(
  loop: EventLoop,
  server: FakeServer,
): Transport & { readonly requests: () => number; readonly connections: () => number } {
  let requests = 0;
  let connections = 0;
  return {
    requests: () => requests,
    connections: () => connections,
    open(events: WireEvents) {
      let gone = false;
      let sent = 0;
      let lastNs = 0;
      let stuck = false;
      const later = (ns: number, act: () => void): void => {
        loop.after(ns, () => {
          if (!gone) act();
        });
      };
      const drop = (code: string | null): void => {
        gone = true;
        events.closed(code === null ? null : Object.assign(new Error(code), { code }));
      };
      const fate = server.connect(connections++);
      if (fate === null) later(connectNs, () => events.opened());
      else if (fate !== 'silence') later(connectNs, () => drop(fate));
      return {
        write(written) {
          // replies come in the order of the requests, of which a write may hold several
          const text = Buffer.from(written).toString('latin1');
          server.written?.(text);
          for (const _ of text.matchAll(/ HTTP\/1\.1\r\n/g)) {
            const { afterNs, what } = server.reply(requests++, loop.now());
            const nth = ++sent;
            stuck ||= what === 'silence';
            if (stuck) continue;
            lastNs = Math.max(lastNs, loop.now() + afterNs);
            later(lastNs - loop.now(), () => {
              if (what === 'reset') drop('ECONNRESET');
              else if (what === 'close') drop(null);
              else {
                const bytes = Buffer.from(what, 'latin1');
                events.received(bytes, bytes.length);
                const idleNs = server.closeIdleAfterNs?.() ?? null;
                if (idleNs !== null) later(idleNs, () => (sent === nth ? drop(null) : undefined));
              }
            });
          }
        },
        destroy: () => void (gone = true),
        release: () => void (gone = true),
      };
    },
  };
}

export function ok(body = 'ok', headers = ''): string {
  return `HTTP/1.1 200 OK\r\n${headers}Content-Length: ${body.length}\r\n\r\n${body}`;
}

export function status(code: number): string {
  return `HTTP/1.1 ${code} X\r\nContent-Length: 0\r\n\r\n`;
}
