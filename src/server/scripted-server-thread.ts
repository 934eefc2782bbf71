import { parentPort, workerData } from 'node:worker_threads';
import { startScriptedServer } from './scripted-server.ts';

/** A scripted server in a thread of its own, so that it does not share the event loop it is to be measured from. */
if (parentPort !== null) {
  const server = await startScriptedServer(workerData);
  parentPort.postMessage(server.port);
  // a thread that sleeps takes 50 us and more to wake, which would add to the known delays: this one never does
  const turn = (): void => void setImmediate(turn);
  turn();
}
