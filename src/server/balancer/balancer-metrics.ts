import type { BalancerState } from './balancer-state.ts';
import type { Backend } from './backend.ts';

/** What the balancer knows itself, in Prometheus' text format. */
export function balancerMetrics({ backends, counts }: BalancerState, restarts: () => number): string {
  const each = (name: string, kind: string, help: string, value: (backend: Backend) => number): string =>
    page(
      name,
      kind,
      help,
      backends.map((one) => `${name}{instance="${one.id}"} ${value(one)}`),
    );
  const one = (name: string, help: string, value: number): string =>
    page(name, 'counter', help, [`${name} ${value}`]);
  return [
    each('balancer_up', 'gauge', '1 for an instance that gets requests', ({ isUp }) => (isUp ? 1 : 0)),
    each('balancer_in_flight', 'gauge', 'requests that an instance has', ({ inFlight }) => inFlight),
    each('balancer_websockets', 'gauge', 'WebSockets that an instance has', ({ sockets }) => sockets),
    each('balancer_requests_total', 'counter', 'requests given to an instance', ({ requests }) => requests),
    each(
      'balancer_failures_total',
      'counter',
      'requests that an instance did not answer',
      ({ failures }) => failures,
    ),
    one('balancer_retries_total', 'requests given to another instance after a failure', counts.retries),
    one('balancer_refused_total', 'requests that no instance could take', counts.refused),
    one('balancer_restarts_total', 'instances started again after they ended', restarts()),
  ].join('');
}

function page(name: string, kind: string, help: string, samples: readonly string[]): string {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${kind}`, ...samples, ''].join('\n');
}
