import { reachTarget } from '../../load/connections/target.ts';
import { revealSecrets } from '../../model/secrets.ts';
import { openPage } from './fetch-page.ts';
import { watchServer } from './watch-server.ts';
import type { Endpoint } from '../../load/connections/tcp-transport.ts';
import type { Engine, EngineContext, EngineOutcome } from '../../model/engine.ts';
import type { LoadPlan } from '../../model/plan.ts';
import type { ScrapePlan, ServerPlan } from '../../model/server-plan.ts';
import type { Page } from './fetch-page.ts';

export interface WatchedRun {
  readonly plan: LoadPlan;
  readonly server: ServerPlan;
  /** Of the target. */
  readonly endpoint: Endpoint;
  readonly userAgent: string;
  /** Process of the built-in server that runs; null for none. */
  readonly builtinPid: number | null;
}

/** Run a load and read the server meanwhile: what is read comes with the intervals of the load. */
export async function runWatched(
  load: Engine<LoadPlan>,
  run: WatchedRun,
  context: EngineContext,
): Promise<EngineOutcome> {
  const { plan, server, builtinPid } = run;
  const page = server.scrape === null ? null : await openServerPage(server.scrape, run, context.signal);
  const pid = server.process === 'builtin' ? builtinPid : server.process;
  try {
    const watch = await watchServer({ plan, server, page, pid });
    try {
      const sink: EngineContext['sink'] = (interval) => {
        for (const one of watch.see(interval)) context.sink(one);
      };
      const outcome = await load(plan, { ...context, sink });
      for (const one of await watch.finish()) context.sink(one);
      const notes = watch.notes();
      const { validity } = outcome;
      if (notes.length === 0) return outcome;
      return { ...outcome, validity: { ...validity, notes: [...(validity.notes ?? []), ...notes] } };
    } finally {
      watch.close();
    }
  } finally {
    page?.close();
  }
}

/** Of one reading; a server that takes longer is too busy to be read. */
const longestReadNs = 5e9;
const shortestReadNs = 1e9;

/** The page with the metrics, its host found and allowed as the target's is. Throws PerfkitError. */
async function openServerPage(
  scrape: ScrapePlan,
  { plan, server, endpoint, userAgent }: WatchedRun,
  signal: AbortSignal,
): Promise<Page> {
  const { target, limits, scenario } = plan;
  const origin = scrape.origin ?? target.origin;
  const isTarget = origin === target.origin;
  const { connectTimeoutNs } = limits;
  const place = isTarget
    ? endpoint
    : (await reachTarget({ ...target, origin }, { connectTimeoutNs, signal, folder: scenario.folder }))
        .endpoint;
  return openPage({
    endpoint: place,
    host: new URL(origin).host,
    path: scrape.path,
    headers: [['user-agent', userAgent], ...headersOf(scrape)],
    timeoutNs: Math.min(longestReadNs, Math.max(shortestReadNs, server.everyNs)),
  });
}

/** With the values of secrets. Throws PerfkitError naming one that is not set. */
function headersOf({ headers, basicAuth, bearer }: ScrapePlan): [string, string][] {
  const reveal = (text: string): string => revealSecrets(text, process.env);
  const sent = headers.map(([name, value]): [string, string] => [name, reveal(value)]);
  if (bearer !== undefined) sent.push(['authorization', `Bearer ${reveal(bearer)}`]);
  if (basicAuth !== undefined) {
    const both = `${reveal(basicAuth.user)}:${reveal(basicAuth.password)}`;
    sent.push(['authorization', `Basic ${Buffer.from(both).toString('base64')}`]);
  }
  return sent;
}
