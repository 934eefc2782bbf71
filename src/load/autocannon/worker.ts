import { parentPort, workerData } from 'node:worker_threads';
import { nowNs } from '../../measure/clock.ts';
import { startResources } from '../../measure/resources.ts';
import { createRedactor, secretNames } from '../../model/secrets.ts';
import { buildRequests } from './build-requests.ts';
import { judgeAutocannon } from './judge-autocannon.ts';
import { runPhase } from './run-phase.ts';
import { stopMessage } from './thread-messages.ts';
import type { MessagePort } from 'node:worker_threads';
import type { AutocannonMessage, AutocannonOrder } from './thread-messages.ts';
import type { AutocannonEvidence } from './judge-autocannon.ts';

/** The thread of autocannon: the plan's phases one after the other, each with connections of its own. */
async function work({ plan, address, port, userAgent }: AutocannonOrder, parent: MessagePort): Promise<void> {
  const post = (message: AutocannonMessage): void => parent.postMessage(message);
  const stop = new AbortController();
  parent.on('message', (message) => {
    if (message === stopMessage) stop.abort();
  });
  const [flow] = plan.flows;
  if (flow === undefined) throw new RangeError('Expected a plan with one flow, got none');
  const { host } = new URL(plan.target.origin);
  const requests = buildRequests(flow.steps, { host, userAgent, env: process.env });
  const meter = startResources({ cpu: 'thread' });
  const redact = createRedactor(secretNames(plan), process.env);
  const url = `http://${address.includes(':') ? `[${address}]` : address}:${port}`;
  const plannedNs = plan.phases.reduce((sum, { forNs }) => sum + forNs, 0);
  const originNs = nowNs();
  const evidence: AutocannonEvidence[] = [];
  let doneNs = 0;
  for (const phase of plan.phases) {
    if (stop.signal.aborted) break;
    const progressed = (elapsedNs: number): void =>
      post({
        kind: 'progress',
        progress: {
          done: Math.min(1, (doneNs + Math.min(elapsedNs, phase.forNs)) / plannedNs),
          label: `autocannon: ${phase.name}, ${phase.connections} connections`,
        },
      });
    progressed(0);
    const outcome = await runPhase({
      phase,
      flow,
      limits: plan.limits,
      url,
      requests,
      meter,
      redact,
      originNs,
      now: nowNs,
      sink: (interval) => post({ kind: 'interval', interval }),
      ticked: progressed,
      signal: stop.signal,
    });
    if (phase.measured) evidence.push({ phase: phase.name, ...outcome });
    doneNs += phase.forNs;
  }
  meter.stop();
  const complete = !stop.signal.aborted;
  post({ kind: 'outcome', outcome: { complete, validity: judgeAutocannon(evidence) } });
  parent.close();
}

if (parentPort !== null) await work(readOrder(workerData), parentPort);

function readOrder(data: AutocannonOrder): AutocannonOrder {
  return data;
}
