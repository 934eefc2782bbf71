import { reachTarget } from '../load/connections/target.ts';
import { compileFlows } from '../load/flows/flows.ts';
import { runLoadThread } from '../load/thread/load-thread.ts';
import { protocolOf } from '../load/protocols/index.ts';
import { judgeValidity } from '../load/engine/validity.ts';
import { startBuiltinServer } from './builtin-server.ts';
import { version } from './version.ts';
import type { Engine, EngineContext, EngineOutcome } from '../model/engine.ts';
import type { LoadPlan } from '../model/plan.ts';

/**
 * Carry out a load plan: start the built-in server when one is asked for, make sure that the target answers, then
 * drive it from a thread of its own. Throws PerfkitError before the first request when a step cannot be sent or the
 * target cannot be reached.
 */
export const runLoad: Engine<LoadPlan> = async (plan, context) => {
  if (plan.target.builtin === null) return await runAgainst(plan, context);
  const server = await startBuiltinServer(plan.target.builtin);
  try {
    return await runAgainst({ ...plan, target: { ...plan.target, origin: server.origin } }, context);
  } finally {
    await server.stop();
  }
};

async function runAgainst(plan: LoadPlan, context: EngineContext): Promise<EngineOutcome> {
  const { limits, target } = plan;
  const origin = new URL(target.origin);
  const userAgent = `perfkit/${version}`;
  // a step that cannot be encoded is told before anything is connected
  compileFlows(plan, protocolOf(origin), { origin, userAgent, env: process.env });
  if (context.signal.aborted) return interrupted;
  context.progress({ done: 0, label: `connecting to ${origin.host}` });
  const endpoint = await reachTarget(target, {
    connectTimeoutNs: limits.connectTimeoutNs,
    signal: context.signal,
  });
  const report = await runLoadThread({ plan, endpoint, userAgent }, context);
  if (report === null) return interrupted;
  return { complete: report.complete, validity: judgeValidity(report.evidence) };
}

const interrupted: EngineOutcome = {
  complete: false,
  validity: {
    state: 'suspect',
    reasons: ['the run was interrupted before the generator could report on itself'],
  },
};
