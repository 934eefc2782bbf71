import { refusePlan } from '../load/autocannon/refuse-plan.ts';
import { runAutocannon } from '../load/autocannon/run-autocannon.ts';
import { reachTarget } from '../load/connections/target.ts';
import { compileFlows } from '../load/flows/flows.ts';
import { runLoadThreads } from '../load/thread/load-threads.ts';
import { protocolOf } from '../load/protocols/index.ts';
import { judgeValidity } from '../load/engine/validity.ts';
import { usableCores } from '../measure/usable-cores.ts';
import { startBuiltinServer } from './builtin-server.ts';
import { runWatched } from './server/run-watched.ts';
import { runVariants } from './variants/run-variants.ts';
import { version } from './version.ts';
import type { Engine, EngineContext, EngineOutcome } from '../model/engine.ts';
import type { LoadPlan } from '../model/plan.ts';
import type { Endpoint } from '../load/connections/tcp-transport.ts';

/** What generates the load: perfkit's own engine, or autocannon as a second opinion on a closed loop. */
export type LoadEngineName = 'native' | 'autocannon';

/**
 * Carry out a load plan: start the built-in server when one is asked for, make sure that the target answers, then
 * drive it from a thread of its own; where there are several subjects, each in turn. Throws PerfkitError before the first request when a step cannot be sent, the
 * engine cannot do what is asked or the target cannot be reached.
 */
export const runLoad: Engine<LoadPlan> = (plan, context) => runLoadWith('native', plan, context);

/** The same with the engine named. */
export async function runLoadWith(
  engine: LoadEngineName,
  plan: LoadPlan,
  context: EngineContext,
): Promise<EngineOutcome> {
  if (plan.subjects !== undefined)
    return await runVariants(plan, plan.subjects, (one, own) => runLoadWith(engine, one, own), context);
  if (engine === 'autocannon') refusePlan(plan);
  if (plan.target.builtin === null) return await runAgainst(engine, { plan, builtinPid: null }, context);
  const server = await startBuiltinServer(plan.target.builtin, plan.target.options);
  try {
    const there = { ...plan, target: { ...plan.target, origin: server.origin } };
    return await runAgainst(engine, { plan: there, builtinPid: server.pid }, context);
  } finally {
    await server.stop();
  }
}

async function runAgainst(
  engine: LoadEngineName,
  { plan, builtinPid }: { readonly plan: LoadPlan; readonly builtinPid: number | null },
  context: EngineContext,
): Promise<EngineOutcome> {
  const { limits, target } = plan;
  const origin = new URL(target.origin);
  const userAgent = `perfkit/${version}`;
  // a step that cannot be encoded is told before anything is connected
  compileFlows(plan, protocolOf(target), { origin, userAgent, env: process.env });
  if (context.signal.aborted) return interrupted;
  context.progress({ done: 0, label: `connecting to ${origin.host}` });
  const { endpoint, notes } = await reachTarget(target, {
    connectTimeoutNs: limits.connectTimeoutNs,
    signal: context.signal,
    folder: plan.scenario.folder,
  });
  const load: Engine<LoadPlan> = (_, watched) => generate(engine, { plan, endpoint, userAgent }, watched);
  const outcome =
    plan.server === undefined
      ? await load(plan, context)
      : await runWatched(load, { plan, server: plan.server, endpoint, userAgent, builtinPid }, context);
  const { validity } = outcome;
  const all = [...notes, ...(validity.notes ?? [])];
  return all.length === 0 ? outcome : { ...outcome, validity: { ...validity, notes: all } };
}

async function generate(
  engine: LoadEngineName,
  { plan, endpoint, userAgent }: { plan: LoadPlan; endpoint: Endpoint; userAgent: string },
  context: EngineContext,
): Promise<EngineOutcome> {
  if (engine === 'autocannon') {
    const { address, port } = endpoint;
    return (await runAutocannon({ plan, address, port, userAgent }, context)) ?? interrupted;
  }
  const report = await runLoadThreads({ plan, endpoint, userAgent }, context);
  if (report === null) return interrupted;
  return {
    complete: report.complete,
    validity: judgeValidity(report.evidence, { workers: plan.workers, cores: usableCores() }),
    ...(report.slowest.length > 0 && { slowest: report.slowest }),
  };
}

const interrupted: EngineOutcome = {
  complete: false,
  validity: {
    state: 'suspect',
    reasons: ['the run was interrupted before the generator could report on itself'],
  },
};
