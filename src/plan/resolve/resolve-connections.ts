import type { LoadTarget, TlsPlan } from '../../model/plan.ts';
import type { PlanContext } from './plan-context.ts';
import type { LoadScenario } from '../scenario/schema.ts';

type ConnectionPlan = Pick<LoadTarget, 'tls' | 'protocol' | 'perConnection' | 'newConnections'>;

/** How the target is spoken to: only what differs from plain connections that are kept alive. */
export function resolveConnections(scenario: LoadScenario, context: PlanContext): ConnectionPlan {
  const { http, tls, protocol, streams, pipelining, newConnections } = scenario.target;
  const isHttp2 = protocol === 'http2';
  const fault = (key: string, message: string): void => context.report(['target', key], message);
  if (tls !== undefined) checkTls(http, tls, fault);
  if (streams !== undefined && !isHttp2)
    fault('streams', '`streams` goes with `protocol: http2`: HTTP/1.1 has `pipelining`');
  if (pipelining !== undefined && isHttp2)
    fault('pipelining', '`pipelining` is of HTTP/1.1: with `protocol: http2` write `streams`');
  if (newConnections === true && (isHttp2 || pipelining !== undefined)) {
    const other = isHttp2 ? 'protocol: http2' : 'pipelining';
    fault('newConnections', `a connection for each request cannot be shared: leave out \`${other}\``);
  }
  if (isHttp2 && hasStreamSteps(scenario))
    fault('protocol', '`ws` and `sse` speak HTTP/1.1: put them into a scenario of their own');
  const perConnection = (isHttp2 ? streams : pipelining) ?? 1;
  return {
    ...(tls !== undefined && { tls: tlsPlan(tls) }),
    ...(isHttp2 && { protocol }),
    ...(perConnection > 1 && { perConnection }),
    ...(newConnections === true && { newConnections }),
  };
}

type TlsFields = NonNullable<LoadScenario['target']['tls']>;

function checkTls(http: string, tls: TlsFields, fault: (key: string, message: string) => void): void {
  if (!/^https:/i.test(http.trim())) fault('tls', '`tls` goes with an https:// origin');
  if ((tls.cert === undefined) !== (tls.key === undefined))
    fault('tls', 'a client certificate takes both `cert` and `key`');
}

function tlsPlan({ ca, cert, key, insecure = false, servername, resume = false }: TlsFields): TlsPlan {
  return {
    ca: ca ?? null,
    cert: cert ?? null,
    key: key ?? null,
    insecure,
    servername: servername ?? null,
    resume,
  };
}

function hasStreamSteps({ flows = [] }: LoadScenario): boolean {
  return flows.some(
    (flow) => 'steps' in flow && (flow.steps ?? []).some((step) => 'ws' in step || 'sse' in step),
  );
}
