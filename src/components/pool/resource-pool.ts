import { WakeUp } from '../internal/wake-up.ts';
import { Checks } from './checks.ts';
import { Creations } from './creations.ts';
import { Disposals } from './disposals.ts';
import { EventTeller } from './event-teller.ts';
import { IdleStack } from './idle-stack.ts';
import { ItemLease } from './item-lease.ts';
import { LeakWatch, stackOf } from './leak-watch.ts';
import type { BorrowTrace } from './leak-watch.ts';
import { PoolCounters } from './pool-counters.ts';
import { AcquireTimeoutError, NotBorrowedError, PoolClosedError, PoolFullError } from './pool-errors.ts';
import type { RetireReason } from './pool-events.ts';
import { poolSettings } from './pool-options.ts';
import type { PoolOptions, PoolSettings } from './pool-options.ts';
import type { AcquireOptions, Lease, Pool, PoolStats } from './pool.ts';
import { PooledItem } from './pooled-item.ts';
import { WaiterQueue } from './waiter-queue.ts';

export class ResourcePool<T> implements Pool<T> {
  readonly #settings: PoolSettings<T>;
  /** Every resource that is idle, being checked or borrowed. */
  readonly #items = new Map<T, PooledItem<T>>();
  readonly #idle: IdleStack<T>;
  readonly #waiters: WaiterQueue<T>;
  readonly #leaks: LeakWatch<T>;
  readonly #refill: WakeUp;
  readonly #creations: Creations<T>;
  readonly #checks: Checks<T>;
  readonly #disposals: Disposals<T>;
  readonly #drained = Promise.withResolvers<void>();
  readonly #counters: PoolCounters;
  readonly #events: EventTeller<T>;
  #state: 'open' | 'draining' | 'destroyed' = 'open';
  /**
   * The last reading of the clock. To read it takes an eighth of a contended cycle, so those who come to wait in one
   * turn of the event loop came at the time of the last reading in it; how long a resource is used is read exactly.
   */
  #turnMs = NaN;
  #isTurnTimed = false;
  readonly #endTurn = (): void => {
    this.#isTurnTimed = false;
  };

  constructor(options: PoolOptions<T>) {
    const settings = poolSettings(options);
    const { now, timers, acquireTimeoutMs, leakThresholdMs } = settings;
    this.#settings = settings;
    this.#counters = new PoolCounters(settings.max, now());
    this.#events = new EventTeller(settings.onEvent);
    this.#idle = new IdleStack({
      ...settings,
      maySpare: () => this.#items.size + this.#creations.size > settings.min,
      onExpire: (item, reason) => this.#letGo(item, reason),
      onCheckDue: (item) => this.#checks.start(item),
    });
    this.#checks = new Checks({
      ...settings,
      onChecked: (item, valid, error) => this.#afterCheck(item, valid, error),
    });
    this.#disposals = new Disposals({
      ...settings,
      onGone: (resource, error) => this.#afterDisposal(resource, error),
    });
    this.#creations = new Creations({
      ...settings,
      waitedFor: () => this.#waiters.length > 0,
      wanted: () => this.#waiters.length > 0 || (this.#state === 'open' && this.#lacks(1)),
      isNew: (resource) => this.#isNew(resource),
      onCreated: (resource, ms) => this.#receive(resource, ms),
      onLate: (resource) => this.#receiveLate(resource),
      onFailure: (error, retryInMs) => {
        this.#counters.createFailures++;
        this.#events.tell({ type: 'create-failed', error, retryInMs });
      },
      onGivenUp: (error) => void this.#waiters.rejectFirst(error),
      onEnd: () => {
        this.#supply();
        this.#checkDrained();
      },
    });
    this.#waiters = new WaiterQueue({
      timeoutMs: acquireTimeoutMs,
      now,
      timers,
      timeoutError: () => this.#timeoutError(),
    });
    const onLeak = (item: PooledItem<T>, stack: string): void => this.#reportLeak(item, stack);
    this.#leaks = new LeakWatch({ thresholdMs: leakThresholdMs, now, timers, onLeak });
    this.#refill = new WakeUp({ timers, now, ring: () => this.#supply(), keepsAlive: false });
    this.#supply();
  }

  acquire(options?: AcquireOptions): Promise<T> {
    return this.#acquire(options, this.#leaks.trace());
  }

  async lease(options?: AcquireOptions): Promise<Lease<T>> {
    const resource = await this.#acquire(options, this.#leaks.trace());
    const { uses } = this.#borrowed(resource);
    return new ItemLease(resource, (broken) => {
      const item = this.#borrowed(resource);
      if (item.uses !== uses) throw new NotBorrowedError('was given back already, and lent again');
      this.#takeBack(item, broken);
    });
  }

  release(resource: T): void {
    this.#takeBack(this.#borrowed(resource), false);
  }

  discard(resource: T): void {
    this.#takeBack(this.#borrowed(resource), true);
  }

  async use<R>(fn: (resource: T) => R | PromiseLike<R>, options?: AcquireOptions): Promise<R> {
    const resource = await this.#acquire(options, this.#leaks.trace());
    const item = this.#borrowed(resource);
    const { uses } = item;
    try {
      return await fn(resource);
    } finally {
      // Not when `fn` gave it back itself: it may be gone, or another's.
      if (item.state === 'borrowed' && item.uses === uses && this.#items.get(resource) === item)
        this.#takeBack(item, false);
    }
  }

  drain(): Promise<void> {
    if (this.#state === 'open') {
      this.#state = 'draining';
      this.#refill.clear();
      for (const item of this.#idle.takeAll()) this.#letGo(item, 'closed');
    }
    this.#checkDrained();
    return this.#drained.promise;
  }

  async destroy(): Promise<void> {
    this.#state = 'destroyed';
    this.#refill.clear();
    const closed = new PoolClosedError();
    while (this.#waiters.rejectFirst(closed));
    const created = this.#creations.abort(closed);
    const checked = this.#checks.abort(closed);
    for (const item of this.#idle.takeAll()) this.#letGo(item, 'closed');
    await created;
    await checked;
    await this.#disposals.whenDone();
  }

  stats(): PoolStats {
    const now = {
      total: this.#total,
      idle: this.#idle.length,
      checking: this.#checks.size,
      borrowed: this.#borrowedCount,
      waiting: this.#waiters.length,
      acquireTimeouts: this.#waiters.timeouts,
    };
    return this.#counters.stats(now, this.#settings.now());
  }

  get #total(): number {
    return this.#items.size + this.#creations.size + this.#disposals.size;
  }

  get #borrowedCount(): number {
    return this.#items.size - this.#idle.length - this.#checks.size;
  }

  /** Resources that will be offered to whoever waits. */
  get #onTheWay(): number {
    return this.#creations.size + this.#checks.size;
  }

  #acquire(options: AcquireOptions | undefined, trace: BorrowTrace | null): Promise<T> {
    if (this.#state !== 'open') return Promise.reject(new PoolClosedError());
    const signal = options?.signal;
    if (signal?.aborted === true) return Promise.reject(signal.reason);
    const { max, maxWaiting, now } = this.#settings;
    if (this.#waiters.length === 0 && this.#idle.length > 0) {
      const nowMs = now();
      const item = this.#idle.pop(nowMs);
      if (item !== null && this.#isFresh(item, nowMs)) {
        this.#lend(item, nowMs, nowMs, trace);
        return Promise.resolve(item.resource);
      }
      if (item !== null) this.#checks.start(item);
    }
    // As many of the waiters as there are resources on their way wait for those, not for a release.
    const free = this.#idle.length > 0 || this.#total < max;
    if (!free && this.#waiters.length - this.#onTheWay >= maxWaiting) {
      return Promise.reject(new PoolFullError(maxWaiting, this.#situation()));
    }
    this.#counters.waits++;
    if (!this.#isTurnTimed) this.#beginTurn();
    const nowMs = this.#turnMs;
    const acquired = this.#waiters.enter(nowMs, signal, trace);
    if (free) this.#supply(nowMs);
    return acquired;
  }

  #beginTurn(): void {
    this.#isTurnTimed = true;
    this.#turnMs = this.#settings.now();
    process.nextTick(this.#endTurn);
  }

  /** Start what is needed for those who wait, and for the minimum. */
  #supply(nowMs = this.#settings.now()): void {
    const { max } = this.#settings;
    while (this.#waiters.length > this.#onTheWay) {
      const item = this.#idle.length > 0 ? this.#idle.pop(nowMs) : null;
      if (item !== null) {
        if (this.#isFresh(item, nowMs)) this.#offer(item, nowMs);
        else this.#checks.start(item);
      } else if (this.#total < max) this.#creations.start();
      else break;
    }
    while (this.#state === 'open' && this.#lacks(0) && this.#total < max) {
      const { againAtMs } = this.#creations;
      if (againAtMs > nowMs) {
        this.#refill.at(againAtMs);
        break;
      }
      this.#creations.start();
    }
  }

  /** Whether there would be too few if so many of those under way did not come. */
  #lacks(withoutThese: number): boolean {
    return this.#items.size + this.#creations.size - withoutThese < this.#settings.min;
  }

  #isFresh({ checkedMs }: PooledItem<T>, nowMs: number): boolean {
    const { validate, validateIfIdleMs } = this.#settings;
    return validate === null || nowMs - checkedMs < validateIfIdleMs;
  }

  /** A resource that nobody has: to the first waiter, else to the idle ones while the pool is open. */
  #offer(item: PooledItem<T>, nowMs: number): void {
    const waiter = this.#waiters.takeFirst();
    if (waiter !== null) {
      this.#lend(item, nowMs, waiter.sinceMs, waiter.trace);
      waiter.resolve(item.resource);
    } else if (this.#state === 'open') this.#idle.push(item);
    else this.#letGo(item, 'closed');
  }

  #lend(item: PooledItem<T>, nowMs: number, sinceMs: number, trace: BorrowTrace | null): void {
    item.state = 'borrowed';
    item.uses++;
    item.borrowedMs = nowMs;
    item.trace = trace;
    if (trace !== null) this.#leaks.borrowed(item);
    this.#counters.acquires++;
    this.#counters.borrowedSinceSumMs += nowMs;
    this.#counters.wait.record(nowMs - sinceMs);
    if (this.#settings.onEvent !== null)
      this.#events.tell({ type: 'acquired', resource: item.resource, waitedMs: nowMs - sinceMs });
  }

  #takeBack(item: PooledItem<T>, broken: boolean): void {
    const { now, maxUses, onEvent } = this.#settings;
    const { resource, trace } = item;
    const nowMs = now();
    this.#turnMs = nowMs;
    const usedMs = nowMs - item.borrowedMs;
    this.#counters.use.record(usedMs);
    this.#counters.borrowedSinceSumMs -= item.borrowedMs;
    item.state = 'idle';
    item.trace = null;
    item.idleSinceMs = nowMs;
    item.checkedMs = nowMs;
    if (trace !== null) this.#leaks.returned(item);
    if (onEvent !== null) {
      this.#events.tell({ type: 'released', resource, usedMs });
      if (trace?.reported === true)
        this.#events.tell({ type: 'leak-returned', resource, heldMs: usedMs, stack: stackOf(trace) });
    }
    if (broken) this.#letGo(item, 'discarded');
    else if (maxUses > 0 && item.uses >= maxUses) this.#letGo(item, 'uses');
    else if (item.expiresMs <= nowMs) this.#letGo(item, 'lifetime');
    else this.#offer(item, nowMs);
  }

  #borrowed(resource: T): PooledItem<T> {
    const item = this.#items.get(resource);
    if (item?.state === 'borrowed') return item;
    throw new NotBorrowedError(
      item === undefined
        ? 'is not in it: foreign, or given back and destroyed'
        : 'is idle: it was given back already',
    );
  }

  #isNew(resource: T): boolean {
    const isNew = !this.#items.has(resource);
    if (!isNew) this.#counters.createFailures++;
    return isNew;
  }

  #receive(resource: T, createdInMs: number): void {
    const item = this.#adopt(resource);
    this.#counters.create.record(createdInMs);
    this.#events.tell({ type: 'created', resource, ms: createdInMs });
    this.#offer(item, this.#settings.now());
  }

  #adopt(resource: T): PooledItem<T> {
    const { now, maxLifetimeMs, lifetimeJitter, random } = this.#settings;
    const nowMs = now();
    const lifetimeMs = maxLifetimeMs === 0 ? Infinity : maxLifetimeMs * (1 - lifetimeJitter * random());
    const item = new PooledItem(resource, nowMs, nowMs + lifetimeMs);
    this.#items.set(resource, item);
    this.#counters.created++;
    return item;
  }

  /** Its place was given up at the time-out; all that is left is not to leak it. */
  #receiveLate(resource: T): void {
    if (!this.#items.has(resource)) this.#letGo(this.#adopt(resource), 'late');
  }

  #afterCheck(item: PooledItem<T>, valid: boolean, error: unknown): void {
    const nowMs = this.#settings.now();
    if (valid) {
      item.checkedMs = nowMs;
      if (this.#waiters.length > 0 || this.#state !== 'open') this.#offer(item, nowMs);
      else this.#idle.restore(item);
    } else if (this.#state === 'destroyed') this.#letGo(item, 'closed');
    else {
      this.#counters.validationFailures++;
      this.#events.tell({ type: 'invalid', resource: item.resource, error });
      this.#letGo(item, 'invalid');
    }
    this.#supply();
    this.#checkDrained();
  }

  #letGo(item: PooledItem<T>, reason: RetireReason): void {
    this.#items.delete(item.resource);
    item.state = 'idle';
    this.#events.tell({ type: 'retired', resource: item.resource, reason });
    this.#disposals.start(item.resource);
  }

  #afterDisposal(resource: T, error: { readonly reason: unknown } | null): void {
    this.#counters.destroyed++;
    if (error !== null) {
      this.#counters.destroyFailures++;
      this.#events.tell({ type: 'destroy-failed', resource, error: error.reason });
    }
    this.#supply();
    this.#checkDrained();
  }

  /** Without resources nobody waits: waiters would have a `create` of theirs under way. */
  #checkDrained(): void {
    if (this.#state !== 'open' && this.#total === 0) this.#drained.resolve();
  }

  #reportLeak({ resource, borrowedMs }: PooledItem<T>, stack: string): void {
    this.#counters.leaks++;
    this.#events.tell({ type: 'leak', resource, heldMs: this.#settings.now() - borrowedMs, stack });
  }

  #timeoutError(): AcquireTimeoutError {
    this.#events.tell({ type: 'acquire-timeout' });
    const cause = this.#creations.lastError;
    return new AcquireTimeoutError(
      this.#settings.acquireTimeoutMs,
      this.#situation(),
      cause === undefined ? {} : { cause },
    );
  }

  /** For error messages: "10 of 10 resources are borrowed, 2 are being created, 5 borrowers wait". */
  #situation(): string {
    const { max } = this.#settings;
    return `${this.#borrowedCount} of ${max} resources are borrowed, ${this.#creations.size} are being created, ${this.#waiters.length} borrowers wait`;
  }
}
