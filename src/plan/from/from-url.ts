import { PerfkitError } from '../../model/errors.ts';
import { isLoopback, parseOrigin } from '../scenario/parse-origin.ts';
import { describeValue, printable } from '../problems/printable.ts';
import type { HttpOrigin } from '../scenario/parse-origin.ts';
import type { LoadScenario } from '../scenario/schema.ts';

export interface UrlLoadOptions {
  /** @default 50 */
  readonly connections?: number | undefined;
  /** @default 10 s, or as long as `requests` take (at most an hour) */
  readonly durationNs?: number | undefined;
  /** Requests a second over all connections; without it each connection sends when it is ready. */
  readonly rate?: number | undefined;
  /** Stop after so many requests, or after `durationNs` if that is given and comes first. */
  readonly requests?: number | undefined;
  /** @default 'GET' */
  readonly method?: string | undefined;
  /** In order; a name may come twice. Values may hold `${secret:NAME}`. */
  readonly headers?: readonly (readonly [string, string])[] | undefined;
  readonly body?: string | undefined;
  readonly timeoutNs?: number | undefined;
  /** For an https URL. */
  readonly tls?: NonNullable<LoadScenario['target']['tls']> | undefined;
  readonly http2?: boolean | undefined;
  /** Requests at a time on each connection: streams with `http2`, else pipelined. @default 1 */
  readonly perConnection?: number | undefined;
  /** A new connection for each request. */
  readonly newConnections?: boolean | undefined;
}

/**
 * The scenario of `perfkit load URL`: one phase and one request. Naming a host on the command line allows traffic
 * to it. Throws PerfkitError with code 'usage'.
 */
export function loadScenarioFromUrl(url: string, options: UrlLoadOptions = {}): LoadScenario {
  const target = parseOrigin(url);
  if (typeof target === 'string') throw new PerfkitError('usage', target);
  checkNumbers(options);
  const { headers = [], body, timeoutNs } = options;
  return {
    version: 1,
    kind: 'load',
    name: scenarioName(target),
    target: {
      http: target.origin,
      allow: isLoopback(target.host) ? [] : [target.host],
      ...connectionFields(options),
    },
    phases: [phase(options)],
    flows: [
      {
        name: 'main',
        steps: [
          {
            [method(options.method ?? 'GET')]: target.path,
            headers: groupHeaders(headers),
            ...(body === undefined ? {} : { body }),
          },
        ],
      },
    ],
    ...(timeoutNs === undefined ? {} : { limits: { timeout: `${timeoutNs}ns` } }),
  };
}

function connectionFields({
  tls,
  http2 = false,
  perConnection = 1,
  newConnections = false,
}: UrlLoadOptions): Partial<LoadScenario['target']> {
  return {
    ...(tls !== undefined && { tls }),
    ...(http2 && { protocol: 'http2' as const }),
    ...(perConnection > 1 && (http2 ? { streams: perConnection } : { pipelining: perConnection })),
    ...(newConnections && { newConnections }),
  };
}

function phase({
  connections: connectionCount = 50,
  perConnection = 1,
  durationNs,
  rate,
  requests,
}: UrlLoadOptions): LoadScenario['phases'][number] {
  // users of one connection are counted each
  const places = connectionCount * perConnection;
  const forNs = durationNs ?? (requests === undefined ? 10e9 : boundNs(requests, rate));
  const limited = requests === undefined ? {} : { requests };
  const arrivals = rate === undefined ? { users: places } : { rate: `${rate}/s`, connections: places };
  return { name: 'main', for: `${forNs}ns`, ...arrivals, ...limited };
}

/** At a rate the time is known, but for rounding; without one an hour keeps a run against a dead server finite. */
function boundNs(requests: number, rate: number | undefined): number {
  const hourNs = 3600e9;
  if (rate === undefined) return hourNs;
  const neededNs = Math.ceil((requests / rate) * 1e9);
  if (neededNs > 24 * hourNs) {
    throw new PerfkitError(
      'usage',
      `${requests} requests at ${rate}/s take longer than 24 h: raise the rate or send fewer`,
    );
  }
  return neededNs;
}

const methods = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options'] as const;

function method(text: string): (typeof methods)[number] {
  const known = methods.find((name) => name === text.toLowerCase());
  if (known !== undefined) return known;
  throw new PerfkitError(
    'usage',
    `expected a method of ${methods.join(', ').toUpperCase()}, got ${describeValue(text)}`,
  );
}

function groupHeaders(headers: readonly (readonly [string, string])[]): Record<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const [name, value] of headers) groups.set(name, [...(groups.get(name) ?? []), value]);
  return Object.fromEntries(groups);
}

function scenarioName({ origin, path }: HttpOrigin): string {
  const words = `${origin.replace(/^https?:\/\//, '')}${path.split('?')[0] ?? ''}`.replace(/[^\w./-]+/g, '-');
  return printable(words.replace(/\/$/, ''), 100).replace(/…$/, '').slice(0, 100);
}

function checkNumbers({
  connections = 1,
  durationNs = 1,
  rate = 1,
  requests = 1,
  timeoutNs = 1,
  perConnection = 1,
}: UrlLoadOptions): void {
  whole('a number of connections', connections, 100_000);
  whole('requests at a time on a connection', perConnection, 1000);
  whole('connections times requests at a time on each', connections * perConnection, 100_000);
  whole('a number of requests', requests, 1_000_000_000);
  if (!(rate > 0 && rate <= 10_000_000))
    throw new PerfkitError('usage', `expected a rate above 0 and at most 10000000/s, got ${rate}/s`);
  if (!(durationNs >= 1 && durationNs <= 24 * 3600e9))
    throw new PerfkitError(
      'usage',
      `expected a duration above 0 and at most 24 h, got ${durationNs / 1e9} s`,
    );
  if (!(timeoutNs >= 1 && timeoutNs <= 24 * 3600e9))
    throw new PerfkitError('usage', `expected a time-out above 0 and at most 24 h, got ${timeoutNs / 1e9} s`);
}

function whole(what: string, value: number, max: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= max) return;
  throw new PerfkitError('usage', `expected ${what} from 1 to ${max}, got ${value}`);
}
