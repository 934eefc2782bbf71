import { classOfSocketError, classOfStatus } from '../record/error-class.ts';
import type { Client } from 'autocannon';
import type { Clock } from '../../measure/clock.ts';
import type { ErrorClass } from '../record/error-class.ts';

/** What happens to requests; `step` is the place of the request in its flow. */
export interface RequestEvents {
  readonly sent: (step: number) => void;
  readonly ok: (step: number, latencyNs: number, bytes: number) => void;
  readonly failed: (step: number, failure: ErrorClass, example: string, bytes: number) => void;
  /** Known only to have taken at least so long. */
  readonly cut: (step: number, atLeastNs: number) => void;
}

export interface WatchOptions {
  readonly steps: readonly { readonly expectStatus: readonly number[] }[];
  readonly timeoutNs: number;
  readonly now: Clock;
  readonly events: RequestEvents;
}

/**
 * Follows the requests of one autocannon client through its events, so that each that was sent ends in exactly one
 * class. autocannon tells nothing of a request whose connection the server closes: it reconnects and sends the next
 * one, and would time that from when the lost one was sent.
 */
export class ClientWatch {
  readonly #client: Client;
  readonly #options: WatchOptions;
  /** The step of the request that is out, and the one that comes next. */
  #step = 0;
  #next = 0;
  #sentNs = 0;
  #out = false;

  constructor(client: Client, options: WatchOptions) {
    this.#client = client;
    this.#options = options;
    client.on('request', () => this.#request());
    client.on('response', (status: number, bytes: number, latencyMs: number) =>
      this.#response(status, bytes, latencyMs),
    );
    client.on('connError', (error: Error) => this.#connectionError(error));
    client.on('done', () => this.#settle());
  }

  /** Send nothing more: the client ends with the reply that it waits for. */
  quiesce(): void {
    this.#client.responseMax = this.#client.reqsMade;
  }

  /** Call before autocannon is stopped: what is still out is cut, and counts as a failure unless the run was aborted. */
  end(aborted: boolean): void {
    if (!this.#out) return;
    this.#out = false;
    const { events, now } = this.#options;
    events.cut(this.#step, now() - this.#sentNs);
    if (!aborted) events.failed(this.#step, 'unfinished', 'no reply when the run ended', 0);
  }

  #request(): void {
    // hot path
    if (this.#out) this.#settle();
    this.#step = this.#next;
    this.#next = this.#step + 1 < this.#options.steps.length ? this.#step + 1 : 0;
    this.#out = true;
    this.#sentNs = this.#options.now();
    this.#options.events.sent(this.#step);
  }

  #response(status: number, bytes: number, latencyMs: number): void {
    // hot path
    this.#out = false;
    const expected = this.#options.steps[this.#step]?.expectStatus ?? [];
    const good = expected.length === 0 ? status >= 200 && status < 400 : expected.includes(status);
    if (good) this.#options.events.ok(this.#step, latencyMs * 1e6, bytes);
    else this.#options.events.failed(this.#step, classOfStatus(status), `status ${status}`, bytes);
  }

  /** The client goes on without the reply to the request that is out: its queue says why. */
  #settle(): void {
    if (!this.#out) return;
    this.#out = false;
    const { events, timeoutNs } = this.#options;
    const queue = this.#client.pipelinedRequests;
    if (queue.size() > 0) {
      queue.clear();
      events.failed(this.#step, 'closed', 'the server closed the connection before it replied', 0);
    } else {
      // only a time-out has emptied it: that event comes after the next request
      events.failed(this.#step, 'timeout', `no reply in ${timeoutNs / 1e9}s`, 0);
      events.cut(this.#step, timeoutNs);
    }
  }

  #connectionError(error: Error): void {
    this.#client.pipelinedRequests.clear();
    if (!this.#out) return;
    this.#out = false;
    this.#options.events.failed(this.#step, classOfSocketError(error), error.message, 0);
  }
}
