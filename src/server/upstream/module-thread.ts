import { parentPort, workerData } from 'node:worker_threads';
import { createCorpus } from '../work/corpus.ts';
import { startModuleServer } from './module-server.ts';
import type { ModuleOrder } from './start-module-thread.ts';

// The module service in a thread of its own, so that what it computes does not hold up those who ask.

if (parentPort !== null) {
  const { seed, passages, key, port = 0 }: ModuleOrder = workerData;
  const server = await startModuleServer(() => createCorpus(seed, passages), key, port);
  parentPort.postMessage(server.port);
}
