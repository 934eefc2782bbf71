import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { monotonicMs, systemTimers } from '../../components/internal/timers.ts';
import type { TimerHandle } from '../../components/internal/timers.ts';
import type { Ports } from '../ports.ts';
import { restartDelayMs } from '../restart-delay.ts';

/** Given to the thread; the corpus is made again there from its seed. */
export interface ModuleOrder {
  readonly seed: number;
  readonly passages: number;
  /** 32 bytes that only the service and its clients have. */
  readonly key: Uint8Array;
  /** 0: a free one. @default 0 */
  readonly port?: number;
}

export interface ModuleThread {
  /** The same for as long as the service is wanted, whatever happens to its threads. */
  readonly port: number;
  /** Threads started after the first. */
  readonly restarts: () => number;
  /** End the thread as a failure in it would; for tests. */
  readonly kill: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

export interface ModuleThreadPorts extends Pick<Ports, 'timers' | 'now' | 'log'> {
  /** Starts a thread; rejects when it does not say where it listens. @default a worker thread */
  readonly spawn?: (order: ModuleOrder) => Promise<RunningThread>;
}

interface RunningThread {
  readonly port: number;
  /** Resolves to why when it has ended. */
  readonly ended: Promise<string>;
  readonly end: () => Promise<void>;
}

/**
 * Start the module service in a thread. It ends with the process and does not keep it alive. A thread that ends is
 * started again, later each time that it ended soon; calls fail meanwhile. Rejects when the first one cannot start.
 */
export async function startModuleThread(
  order: ModuleOrder,
  ports: ModuleThreadPorts = { timers: systemTimers, now: monotonicMs, log: () => undefined },
): Promise<ModuleThread> {
  const { timers, now, log, spawn = spawnWorker } = ports;
  let startedMs = now();
  let quickEnds = 0;
  let restarts = 0;
  let timer: TimerHandle | null = null;
  let starting: Promise<void> | null = null;
  let isStopped = false;

  const watch = async (thread: RunningThread): Promise<void> => {
    const why = await thread.ended;
    if (!isStopped) startLater(why);
  };
  const startLater = (why: string): void => {
    const next = restartDelayMs(now() - startedMs, quickEnds);
    ({ quickEnds } = next);
    log(
      `the module service ended (${why}): it is started again in ${next.delayMs} ms, answers are without its part`,
    );
    timer = timers.setTimeout(() => {
      timer = null;
      starting = startAgain();
    }, next.delayMs);
    timer.unref();
  };
  const startAgain = async (): Promise<void> => {
    restarts++;
    startedMs = now();
    try {
      // At the same place, where its clients look for it.
      current = await spawn({ ...order, port: current.port });
      if (isStopped) await current.end();
      else log('the module service is back');
      void watch(current);
    } catch (error) {
      if (!isStopped) startLater(error instanceof Error ? error.message : String(error));
    }
  };
  let current = await spawn(order);
  void watch(current);
  return {
    port: current.port,
    restarts: () => restarts,
    kill: () => current.end(),
    async stop() {
      isStopped = true;
      if (timer !== null) timers.clearTimeout(timer);
      await starting;
      await current.end();
    },
  };
}

async function spawnWorker(order: ModuleOrder): Promise<RunningThread> {
  const worker = new Worker(new URL(`./module-thread${extname(import.meta.url)}`, import.meta.url), {
    workerData: order,
    name: 'module service',
  });
  let why = '';
  worker.on('error', (error) => (why = error instanceof Error ? error.message : String(error)));
  const ended = new Promise<string>((resolve) => {
    worker.once('exit', (code) => resolve(why === '' ? `exit code ${code}` : why));
  });
  const told = new Promise<unknown>((resolve) => void worker.once('message', resolve));
  const port = await Promise.race([told, ended]);
  if (typeof port !== 'number') {
    await worker.terminate();
    throw new Error(`expected the module service to tell its port, got ${String(port)}`);
  }
  worker.unref();
  return { port, ended, end: async () => void (await worker.terminate()) };
}
