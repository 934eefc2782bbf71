import { once } from 'node:events';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';

/** Given to the thread; the corpus is made again there from its seed. */
export interface ModuleOrder {
  readonly seed: number;
  readonly passages: number;
  /** 32 bytes that only the service and its clients have. */
  readonly key: Uint8Array;
}

export interface ModuleThread {
  readonly port: number;
  readonly stop: () => Promise<void>;
}

/** Start the module service in a thread. It ends with the process and does not keep it alive. Rejects when it cannot start. */
export async function startModuleThread(order: ModuleOrder): Promise<ModuleThread> {
  const worker = new Worker(new URL(`./module-thread${extname(import.meta.url)}`, import.meta.url), {
    workerData: order,
    name: 'module service',
  });
  // `once` rejects when the thread fails before.
  const [port]: unknown[] = await once(worker, 'message');
  if (typeof port !== 'number')
    throw new TypeError(`Expected the module service to tell its port, got ${String(port)}`);
  worker.unref();
  // Later its end shows in calls that fail.
  worker.on('error', () => undefined);
  return { port, stop: async () => void (await worker.terminate()) };
}
