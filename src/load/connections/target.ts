import { lookup as systemLookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { messageOf, PerfkitError } from '../../model/errors.ts';
import { isLinkLocal, isLoopback } from './address.ts';
import { classOfSocketError } from '../record/error-class.ts';
import { readTlsFiles } from './read-tls-files.ts';
import { createTcpTransport } from './tcp-transport.ts';
import type { LoadTarget } from '../../model/plan.ts';
import type { Endpoint } from './tcp-transport.ts';
import type { TlsEndpoint } from './tls-endpoint.ts';

/** Addresses of a name, in the order in which to try them. */
export type Lookup = (host: string) => Promise<readonly string[]>;

export interface ReachOptions {
  readonly connectTimeoutNs: number;
  readonly signal: AbortSignal;
  readonly lookup?: Lookup;
  /** That the files of `tls` are relative to. */
  readonly folder?: string;
}

/** Where the connections of a run go, and what people should know about it. */
export interface Reached {
  readonly endpoint: Endpoint;
  readonly notes: readonly string[];
}

/**
 * Find the target and connect to it once, before any load. The address that answered is the one that all
 * connections use: a name is looked up only here, so it cannot come to mean another host during the run.
 * Throws PerfkitError ('target') when the host is not allowed, unknown, or does not accept a connection.
 */
export async function reachTarget(target: LoadTarget, options: ReachOptions): Promise<Reached> {
  const url = new URL(target.origin);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const secure = url.protocol === 'https:';
  const tls = secure ? tlsEndpoint(target, host, options.folder ?? '.') : null;
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port);
  const addresses = isIP(host) > 0 ? [host] : await addressesOf(host, options.lookup ?? lookupAll);
  for (const address of addresses) checkAllowed(host, address, target);

  let problem = `it has no address; ${advice}`;
  for (const address of addresses) {
    const endpoint: Endpoint = { address, port, tls };
    const failure = await tryConnect(endpoint, options);
    if (failure === null) return { endpoint, notes: notesOf(host, endpoint, addresses.length) };
    problem = failure;
  }
  const where = isIP(host) > 0 || addresses.length === 0 ? '' : ` (${addresses.join(', ')})`;
  throw new PerfkitError(
    'target',
    `cannot connect to ${url.host}${url.port === '' ? `:${port}` : ''}${where}: ${problem}`,
  );
}

const advice = 'start the server or check the host and port';

function tlsEndpoint({ tls, protocol }: LoadTarget, host: string, folder: string): TlsEndpoint {
  return {
    name: tls?.servername ?? host,
    alpn: protocol === 'http2' ? 'h2' : 'http/1.1',
    ...readTlsFiles(tls, folder),
    insecure: tls?.insecure ?? false,
    resume: tls?.resume ?? false,
  };
}

function notesOf(host: string, { address, tls }: Endpoint, addresses: number): string[] {
  const notes: string[] = [];
  if (host !== address && !(isLoopback(address) && addresses === 1)) {
    const chosen = addresses === 1 ? '' : `, the first of ${addresses} addresses that answered`;
    notes.push(
      `${host} was looked up once, before the run: all connections went to ${address}${chosen}; no time includes DNS`,
    );
  }
  if (tls?.insecure === true)
    notes.push('the certificate of the server was not verified (tls.insecure): anybody could have answered');
  return notes;
}

const lookupAll: Lookup = async (host) =>
  (await systemLookup(host, { all: true })).map(({ address }) => address);

async function addressesOf(host: string, lookup: Lookup): Promise<readonly string[]> {
  try {
    return await lookup(host);
  } catch (error) {
    throw new PerfkitError(
      'target',
      `unknown host ${host} (${messageOf(error)}); check its spelling and the network`,
      {
        cause: error,
      },
    );
  }
}

/** Load goes only where the scenario says that it may, whatever a name resolves to. */
function checkAllowed(host: string, address: string, { allow, loopbackOnly = false }: LoadTarget): void {
  if (isLoopback(address)) return;
  if (loopbackOnly) {
    throw new PerfkitError(
      'usage',
      `${host} has the address ${address}, which is not this machine's, and the load is above what another machine may get: lower it, or allow it with --max-rate and --max-connections`,
    );
  }
  if (allow.includes(address)) return;
  if (!allow.includes(host)) {
    throw new PerfkitError(
      'target',
      `${host}${host === address ? '' : ` (${address})`} is not this machine, and not under target.allow; add it there if you may load it`,
    );
  }
  // cloud metadata services live here; a public name that resolves to one is an attack, not a target
  if (isLinkLocal(address)) {
    throw new PerfkitError(
      'target',
      `${host} resolves to the link-local address ${address}; name the address itself under target.allow to mean it`,
    );
  }
}

/** Null when a connection was accepted (and the TLS handshake done), else what went wrong and what to do. */
function tryConnect(endpoint: Endpoint, { connectTimeoutNs, signal }: ReachOptions): Promise<string | null> {
  return new Promise((resolve) => {
    const end = (result: string | null): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', aborted);
      wire.destroy();
      resolve(result);
    };
    const aborted = (): void => end('interrupted');
    const failed = (error: Error | null): void => {
      if (error === null) end(`the server closed the connection at once; ${advice}`);
      // those say themselves what to do
      else end(classOfSocketError(error) === 'tls' ? error.message : `${error.message}; ${advice}`);
    };
    const wire = createTcpTransport(endpoint).open({
      opened: () => end(null),
      received: () => undefined,
      ended: () => failed(null),
      closed: failed,
    });
    const timer = setTimeout(() => end(`no answer in time; ${advice}`), connectTimeoutNs / 1e6);
    signal.addEventListener('abort', aborted, { once: true });
    if (signal.aborted) aborted();
  });
}
