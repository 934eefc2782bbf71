import { lookup as systemLookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { messageOf, PerfkitError } from '../../model/errors.ts';
import { isLinkLocal, isLoopback } from './address.ts';
import { createTcpTransport } from './tcp-transport.ts';
import type { LoadTarget } from '../../model/plan.ts';
import type { Endpoint } from './tcp-transport.ts';

/** Addresses of a name, in the order in which to try them. */
export type Lookup = (host: string) => Promise<readonly string[]>;

export interface ReachOptions {
  readonly connectTimeoutNs: number;
  readonly signal: AbortSignal;
  readonly lookup?: Lookup;
}

/**
 * Find the target and connect to it once, before any load. The address that answered is the one that all
 * connections use: a name is looked up only here, so it cannot come to mean another host during the run.
 * Throws PerfkitError ('target') when the host is not allowed, unknown, or does not accept a connection.
 */
export async function reachTarget(target: LoadTarget, options: ReachOptions): Promise<Endpoint> {
  const url = new URL(target.origin);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const tls = url.protocol === 'https:';
  const port = url.port === '' ? (tls ? 443 : 80) : Number(url.port);
  const addresses = isIP(host) > 0 ? [host] : await addressesOf(host, options.lookup ?? lookupAll);
  for (const address of addresses) checkAllowed(host, address, target.allow);

  let problem = 'it has no address';
  for (const address of addresses) {
    const endpoint = { address, port, tlsName: tls ? host : null };
    const failure = await tryConnect(endpoint, options);
    if (failure === null) return endpoint;
    problem = failure;
  }
  const where = isIP(host) > 0 || addresses.length === 0 ? '' : ` (${addresses.join(', ')})`;
  throw new PerfkitError(
    'target',
    `cannot connect to ${url.host}${url.port === '' ? `:${port}` : ''}${where}: ${problem}; start the server or check the host and port`,
  );
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
function checkAllowed(host: string, address: string, allow: readonly string[]): void {
  if (isLoopback(address) || allow.includes(address)) return;
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

/** Null when a connection was accepted (and the TLS handshake done), else what went wrong. */
function tryConnect(endpoint: Endpoint, { connectTimeoutNs, signal }: ReachOptions): Promise<string | null> {
  return new Promise((resolve) => {
    const end = (result: string | null): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', aborted);
      wire.destroy();
      resolve(result);
    };
    const aborted = (): void => end('interrupted');
    const wire = createTcpTransport(endpoint).open({
      opened: () => end(null),
      received: () => undefined,
      ended: () => end('the server closed the connection at once'),
      closed: (error) => end(error?.message ?? 'the server closed the connection at once'),
    });
    const timer = setTimeout(() => end('no answer in time'), connectTimeoutNs / 1e6);
    signal.addEventListener('abort', aborted, { once: true });
    if (signal.aborted) aborted();
  });
}
