import { boundedRun } from '../internal/bounded-run.ts';
import type { BoundedRun } from '../internal/bounded-run.ts';
import { IdleStack } from './idle-stack.ts';
import {
  AcquireTimeoutError,
  CreateTimeoutError,
  DestroyTimeoutError,
  NotBorrowedError,
  PoolClosedError,
  PoolFullError,
} from './pool-errors.ts';
import { poolSettings } from './pool-options.ts';
import type { PoolOptions } from './pool-options.ts';
import type { AcquireOptions, Pool, PoolStats } from './pool.ts';
import { WaiterQueue } from './waiter-queue.ts';

const notNew = 'Expected `create` to make a new resource, got one that is in the pool already.';

export class ResourcePool<T> implements Pool<T> {
  readonly #settings: Required<PoolOptions<T>>;
  /** Every resource that is idle or borrowed. */
  readonly #resources = new Map<T, 'idle' | 'borrowed'>();
  readonly #idle: IdleStack<T>;
  readonly #waiters: WaiterQueue<T>;
  readonly #creating = new Map<BoundedRun<T>, Promise<void>>();
  readonly #destroying = new Map<BoundedRun<void>, Promise<void>>();
  readonly #drained = Promise.withResolvers<void>();
  #state: 'open' | 'draining' | 'destroyed' = 'open';

  #created = 0;
  #createFailures = 0;
  #destroyed = 0;
  #destroyFailures = 0;
  #acquires = 0;
  #waits = 0;

  constructor(options: PoolOptions<T>) {
    const settings = poolSettings(options);
    const { now, timers } = settings;
    this.#settings = settings;
    this.#idle = new IdleStack({
      timeoutMs: settings.idleTimeoutMs,
      now,
      timers,
      onExpire: (resource) => this.#letGo(resource),
    });
    this.#waiters = new WaiterQueue({
      timeoutMs: settings.acquireTimeoutMs,
      now,
      timers,
      timeoutError: () => new AcquireTimeoutError(settings.acquireTimeoutMs, this.#situation()),
    });
  }

  acquire({ signal }: AcquireOptions = {}): Promise<T> {
    if (this.#state !== 'open') return Promise.reject(new PoolClosedError());
    if (signal?.aborted === true) return Promise.reject(signal.reason);
    const idle = this.#idle.pop();
    if (idle !== null) {
      this.#lend(idle.resource);
      return Promise.resolve(idle.resource);
    }
    const { max, maxWaiting } = this.#settings;
    // As many of the waiters as there are resources on their way wait for those, not for a release.
    if (this.#total >= max && this.#waiters.length - this.#creating.size >= maxWaiting) {
      return Promise.reject(new PoolFullError(maxWaiting, this.#situation()));
    }
    this.#waits++;
    const acquired = this.#waiters.enter(signal);
    this.#createForWaiters();
    return acquired;
  }

  release(resource: T): void {
    this.#mustBeBorrowed(resource);
    this.#offer(resource);
  }

  discard(resource: T): void {
    this.#mustBeBorrowed(resource);
    this.#letGo(resource);
  }

  async use<R>(fn: (resource: T) => R | PromiseLike<R>, options?: AcquireOptions): Promise<R> {
    const resource = await this.acquire(options);
    try {
      return await fn(resource);
    } finally {
      // Gone when `fn` discarded it.
      if (this.#resources.has(resource)) this.release(resource);
    }
  }

  drain(): Promise<void> {
    if (this.#state === 'open') {
      this.#state = 'draining';
      this.#idle.clear();
    }
    this.#checkDrained();
    return this.#drained.promise;
  }

  async destroy(): Promise<void> {
    this.#state = 'destroyed';
    const closed = new PoolClosedError();
    while (this.#waiters.rejectFirst(closed));
    for (const run of this.#creating.keys()) run.abort(closed);
    this.#idle.clear();
    await Promise.all(this.#creating.values());
    await Promise.all(this.#destroying.values());
  }

  stats(): PoolStats {
    return {
      total: this.#total,
      idle: this.#idle.length,
      borrowed: this.#borrowed,
      waiting: this.#waiters.length,
      created: this.#created,
      createFailures: this.#createFailures,
      destroyed: this.#destroyed,
      destroyFailures: this.#destroyFailures,
      acquires: this.#acquires,
      waits: this.#waits,
      acquireTimeouts: this.#waiters.timeouts,
    };
  }

  get #total(): number {
    return this.#resources.size + this.#creating.size + this.#destroying.size;
  }

  get #borrowed(): number {
    return this.#resources.size - this.#idle.length;
  }

  /** A resource that nobody has: to the first waiter, else to the idle ones while the pool is open. */
  #offer(resource: T): void {
    if (this.#waiters.length > 0) {
      this.#lend(resource);
      this.#waiters.resolveFirst(resource);
    } else if (this.#state === 'open') {
      this.#resources.set(resource, 'idle');
      this.#idle.push(resource);
    } else this.#letGo(resource);
  }

  #lend(resource: T): void {
    this.#resources.set(resource, 'borrowed');
    this.#acquires++;
  }

  #mustBeBorrowed(resource: T): void {
    const state = this.#resources.get(resource);
    if (state === 'borrowed') return;
    throw new NotBorrowedError(
      state === 'idle'
        ? 'is idle: it was given back already'
        : 'is not in it: foreign, or given back and destroyed',
    );
  }

  #createForWaiters(): void {
    while (this.#creating.size < this.#waiters.length && this.#total < this.#settings.max) this.#create();
  }

  #create(): void {
    const { create, createTimeoutMs: timeoutMs, timers } = this.#settings;
    const run = boundedRun<T>(create, {
      timeoutMs,
      timers,
      timeoutError: () => new CreateTimeoutError(timeoutMs),
      onLate: (resource) => this.#receiveLate(resource),
    });
    this.#creating.set(run, this.#receive(run));
  }

  async #receive(run: BoundedRun<T>): Promise<void> {
    try {
      const resource = await run.result;
      if (this.#resources.has(resource)) throw new TypeError(notNew);
      this.#creating.delete(run);
      this.#created++;
      this.#offer(resource);
    } catch (error) {
      this.#creating.delete(run);
      this.#createFailures++;
      this.#waiters.rejectFirst(error);
    }
    this.#createForWaiters();
    this.#checkDrained();
  }

  /** Its place was given up at the time-out; all that is left is not to leak it. */
  #receiveLate(resource: T): void {
    if (this.#resources.has(resource)) return;
    this.#created++;
    this.#letGo(resource);
  }

  #letGo(resource: T): void {
    const { destroy, destroyTimeoutMs: timeoutMs, timers } = this.#settings;
    this.#resources.delete(resource);
    const destruction = boundedRun<void>((signal) => destroy(resource, signal), {
      timeoutMs,
      timers,
      timeoutError: () => new DestroyTimeoutError(timeoutMs),
      onLate: () => {},
    });
    this.#destroying.set(destruction, this.#seeGone(destruction));
  }

  /** Never rejects: a resource that cannot be destroyed is nevertheless gone from the pool. */
  async #seeGone(destruction: BoundedRun<void>): Promise<void> {
    try {
      await destruction.result;
    } catch {
      this.#destroyFailures++;
    }
    this.#destroying.delete(destruction);
    this.#destroyed++;
    this.#createForWaiters();
    this.#checkDrained();
  }

  /** Without resources nobody waits: waiters would have a `create` of theirs under way. */
  #checkDrained(): void {
    if (this.#state !== 'open' && this.#total === 0) this.#drained.resolve();
  }

  /** For error messages: "10 of 10 resources are borrowed, 2 are being created, 5 borrowers wait". */
  #situation(): string {
    const { max } = this.#settings;
    return `${this.#borrowed} of ${max} resources are borrowed, ${this.#creating.size} are being created, ${this.#waiters.length} borrowers wait`;
  }
}
