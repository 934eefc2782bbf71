/** The part of autocannon 9 that is used; the package has no types of its own. */
declare module 'autocannon' {
  import type { EventEmitter } from 'node:events';

  export interface Request {
    readonly method: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: Buffer;
  }

  export interface Options {
    readonly url: string;
    readonly connections: number;
    /** Seconds. */
    readonly duration: number;
    /** Seconds, at least 1. */
    readonly timeout: number;
    /** Requests over all connections; wins over `duration`. */
    readonly amount?: number;
    /** Milliseconds between two looks at whether it is over. */
    readonly sampleInt: number;
    readonly requests: readonly Request[];
    readonly setupClient: (client: Client) => void;
  }

  /**
   * One connection, and the one that follows when it breaks. Events: 'request', just before one is written;
   * 'response' (status, bytes, milliseconds, rate); 'connError' (error); 'done', before its connection is destroyed.
   */
  export interface Client extends EventEmitter {
    readonly reqsMade: number;
    /** It ends instead of sending more than so many; 0 for no limit. */
    responseMax: number;
    /** Requests that wait for a reply. */
    readonly pipelinedRequests: { size(): number; clear(): void };
  }

  export interface Tracker extends EventEmitter {
    stop(): void;
  }

  export default function autocannon(options: Options, done: (error: Error | null) => void): Tracker;
}
