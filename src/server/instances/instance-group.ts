import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TimerHandle, Timers } from '../../components/internal/timers.ts';
import { PerfkitError } from '../../model/errors.ts';
import type { WorkCost } from '../work/measure-work.ts';
import { isFromInstance } from './instance-messages.ts';
import type { FromInstance, InstanceOrder, ToInstance } from './instance-messages.ts';
import { createRelay } from './relay.ts';
import { restartDelayMs } from '../restart-delay.ts';

/** Processes that serve the same data, each started again when it ends. */
export interface InstanceGroup {
  readonly restarts: () => number;
  /** By the first one that is ready. Rejects when there is none. */
  readonly measureWork: () => Promise<WorkCost>;
  /** Of those that run now. */
  readonly pids: () => number[];
  /** Let each end what is under way; those that do not end in time are killed. */
  readonly stop: () => Promise<void>;
}

export interface GroupOptions {
  /** One for each instance, ids from 1. */
  readonly orders: readonly InstanceOrder[];
  readonly timers: Timers;
  readonly now: () => number;
  readonly log: (line: string) => void;
  readonly onReady: (id: number, port: number) => void;
  readonly onEnd: (id: number) => void;
}

const startWithinMs = 60_000;
/** Beyond what the instance itself gives its requests. */
const stopGraceMs = 5_000;

interface Slot {
  readonly order: InstanceOrder;
  child: ChildProcess | null;
  isReady: boolean;
  startedMs: number;
  /** Times in a row that it ended soon. */
  quickEnds: number;
  timer: TimerHandle | null;
}

/**
 * Start the instances: the first one alone, since it fills the databases, then the others at once. Rejects with
 * PerfkitError when one does not start; then none is left running.
 */
export async function startInstanceGroup(options: GroupOptions): Promise<InstanceGroup> {
  const group = new Group(options);
  try {
    await group.start();
    return group;
  } catch (error) {
    await group.stop();
    throw error;
  }
}

class Group implements InstanceGroup {
  readonly #options: GroupOptions;
  readonly #slots: readonly Slot[];
  readonly #relay;
  #restarts = 0;
  #isStopping = false;

  constructor(options: GroupOptions) {
    this.#options = options;
    this.#relay = createRelay(options.timers);
    this.#slots = options.orders.map((order) => ({
      order,
      child: null,
      isReady: false,
      startedMs: 0,
      quickEnds: 0,
      timer: null,
    }));
  }

  readonly restarts = (): number => this.#restarts;

  readonly pids = (): number[] => this.#slots.flatMap(({ child }) => child?.pid ?? []);

  async start(): Promise<void> {
    const [first, ...others] = this.#slots;
    if (first !== undefined) await this.#spawn(first);
    const results = await Promise.allSettled(others.map((slot) => this.#spawn(slot)));
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }

  readonly measureWork = (): Promise<WorkCost> => {
    const child = this.#slots.find(({ isReady }) => isReady)?.child ?? null;
    if (child === null) return Promise.reject(new PerfkitError('target', 'no instance is ready to measure'));
    return new Promise((resolve, reject) => {
      const onMessage = (message: unknown): void => {
        if (!isFromInstance(message) || message.kind !== 'work') return;
        child.off('message', onMessage);
        resolve(message.cost);
      };
      child.on('message', onMessage);
      child.once('exit', () => reject(new PerfkitError('target', 'the instance ended while it measured')));
      sendTo(child, { kind: 'measure' });
    });
  };

  readonly stop = async (): Promise<void> => {
    this.#isStopping = true;
    await Promise.all(this.#slots.map((slot) => this.#end(slot)));
  };

  /** Resolves when it is ready. */
  #spawn(slot: Slot): Promise<void> {
    const { timers, now, log, onReady } = this.#options;
    const { id } = slot.order;
    const child = fork(
      fileURLToPath(new URL(`./instance-process${extname(import.meta.url)}`, import.meta.url)),
      [],
      {
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      },
    );
    slot.child = child;
    slot.startedMs = now();
    sendTo(child, { kind: 'start', order: slot.order });
    return new Promise((resolve, reject) => {
      let reason = 'it ended before it was ready';
      const timer = timers.setTimeout(() => {
        reason = `it was not ready within ${startWithinMs / 1_000} s`;
        child.kill('SIGKILL');
      }, startWithinMs);
      child.on('message', (message) => {
        if (!isFromInstance(message)) return;
        if (message.kind === 'failed') reason = message.message;
        else if (message.kind === 'ready') {
          timers.clearTimeout(timer);
          slot.isReady = true;
          this.#relay.join(id, (text) => sendTo(child, text));
          onReady(id, message.port);
          resolve();
        } else this.#hear(id, message);
      });
      child.on('error', (error) => (reason = error.message));
      child.once('exit', (code, signal) => {
        timers.clearTimeout(timer);
        const wasReady = slot.isReady;
        slot.child = null;
        slot.isReady = false;
        this.#relay.leave(id);
        if (wasReady) this.#onEnd(slot, signal ?? `exit code ${code}`);
        else {
          log(`instance ${id} did not start: ${reason}`);
          reject(new PerfkitError('target', `instance ${id} did not start: ${reason}`));
        }
      });
    });
  }

  #hear(id: number, message: FromInstance): void {
    if (message.kind === 'tell' || message.kind === 'heard') this.#relay.receive(id, message);
  }

  #onEnd(slot: Slot, how: string): void {
    this.#options.onEnd(slot.order.id);
    if (!this.#isStopping) this.#startLater(slot, how);
  }

  #startLater(slot: Slot, how: string): void {
    const { timers, now, log } = this.#options;
    const { delayMs, quickEnds } = restartDelayMs(now() - slot.startedMs, slot.quickEnds);
    slot.quickEnds = quickEnds;
    log(`instance ${slot.order.id} ended (${how}): it is started again in ${delayMs} ms`);
    slot.timer = timers.setTimeout(() => {
      slot.timer = null;
      void this.#startAgain(slot);
    }, delayMs);
  }

  async #startAgain(slot: Slot): Promise<void> {
    if (this.#isStopping) return;
    this.#restarts++;
    try {
      await this.#spawn(slot);
    } catch {
      // Told in the log.
      if (!this.#isStopping) this.#startLater(slot, 'not started');
    }
  }

  async #end(slot: Slot): Promise<void> {
    const { timers } = this.#options;
    if (slot.timer !== null) timers.clearTimeout(slot.timer);
    slot.timer = null;
    const { child } = slot;
    if (child === null) return;
    const ended = new Promise<void>((resolve) => void child.once('exit', () => resolve()));
    sendTo(child, { kind: 'stop' });
    const timer = timers.setTimeout(() => child.kill('SIGKILL'), slot.order.config.drainMs + stopGraceMs);
    await ended;
    timers.clearTimeout(timer);
  }
}

/** One that is gone hears nothing; its end is told of otherwise. */
function sendTo(child: ChildProcess, message: ToInstance): void {
  if (child.connected) child.send(message, () => undefined);
}
