import type { EventLoop } from '../../../../src/load/engine/event-loop.ts';
import type { SocketEvents, SocketTransport } from '../../../../src/load/lanes/socket/socket-wire.ts';

/** What the fake server does with a message: a text to answer after a time, or 'silence', or 'close' to end the socket. */
export interface FakeAnswer {
  readonly afterNs: number;
  readonly what: string;
}

export interface FakeSocketServer {
  /** Null opens the socket; 'refuse' does not. */
  readonly connect: (nth: number) => null | 'refuse';
  readonly answer: (message: string, nth: number) => FakeAnswer;
  /** Called when a socket is open: what it pushes by itself. */
  readonly pushes?: readonly { readonly atNs: number; readonly what: string }[];
}

export const connectNs = 1e6;

/** Sockets to a server that lives on the same virtual time. */
export function createFakeSockets(
  loop: EventLoop,
  server: FakeSocketServer,
): SocketTransport & { readonly connections: () => number; readonly messages: () => number } {
  let connections = 0;
  let messages = 0;
  return {
    connections: () => connections,
    messages: () => messages,
    open(events: SocketEvents) {
      let gone = false;
      const later = (ns: number, act: () => void): void => {
        loop.after(ns, () => {
          if (!gone) act();
        });
      };
      const end = (failure: 'closed' | 'refused' | null): void => {
        gone = true;
        events.closed(failure === null ? null : { failure, detail: failure });
      };
      const push = (text: string): void => events.received(Buffer.from(text), false);
      if (server.connect(connections++) === 'refuse') later(connectNs, () => end('refused'));
      else
        later(connectNs, () => {
          events.opened();
          for (const { atNs, what } of server.pushes ?? [])
            later(atNs, () => (what === 'close' ? end('closed') : push(what)));
        });
      return {
        bufferedBytes: 0,
        send(message) {
          const { afterNs, what } = server.answer(String(message), messages++);
          if (what === 'silence') return;
          later(afterNs, () => (what === 'close' ? end('closed') : push(what)));
        },
        close: () => later(connectNs, () => end(null)),
        destroy: () => void (gone = true),
      };
    },
  };
}
