import { parentPort, workerData } from 'node:worker_threads';
import type { FromWorker, TaskContext, ToWorker, WorkerOrder } from './worker-messages.ts';

// What runs in each thread of a worker pool: imports the module with the task functions, and calls them.

const order: WorkerOrder = workerData;
const running = new Map<number, AbortController>();
const functions: Readonly<Record<string, unknown>> = await import(order.module);

parentPort?.on('message', (message: ToWorker) => {
  if (message.kind === 'abort') running.get(message.id)?.abort(new Error('The caller no longer waits.'));
  else void run(message.id, message.name, message.task);
});
send({ kind: 'ready' });

async function run(id: number, name: string, task: unknown): Promise<void> {
  const controller = new AbortController();
  running.set(id, controller);
  try {
    const work = functions[name];
    if (typeof work !== 'function') {
      throw new TypeError(`Expected ${order.module} to export a function \`${name}\`, got ${typeof work}.`);
    }
    const transferList: ArrayBuffer[] = [];
    const context: TaskContext = {
      signal: controller.signal,
      data: order.data,
      transfer: (...objects) => void transferList.push(...objects),
    };
    const value: unknown = await Reflect.apply(work, undefined, [task, context]);
    // Throws when the value cannot be cloned: the task's fault, not the thread's.
    send({ kind: 'done', id, value }, transferList);
  } catch (error) {
    sendFailure(id, error);
  } finally {
    running.delete(id);
  }
}

function sendFailure(id: number, error: unknown): void {
  try {
    send({ kind: 'failed', id, error });
  } catch {
    // An error may carry what cannot be cloned.
    send({ kind: 'failed', id, error: new Error(String(error)) });
  }
}

function send(message: FromWorker, transferList: readonly ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transferList);
}
