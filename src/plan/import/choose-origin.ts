import { PerfkitError } from '../../model/errors.ts';
import { printable } from '../problems/printable.ts';
import type { ImportOptions } from './import-load.ts';
import type { Imported } from './importer.ts';
import type { LeftOut } from './left-out.ts';
import { stepName } from './to-step.ts';

/** The host of the first request, by the scheme that most of the requests to it use. */
export function chooseOrigin(
  imported: Imported,
  { host: wanted, file }: ImportOptions,
  leftOut: LeftOut,
): URL {
  const urls = imported.flows
    .flatMap(({ requests }) => requests)
    .flatMap(({ url, method }) => {
      if (isHttp(url)) return [new URL(url)];
      leftOut.add('no address that starts with http:// or https://', stepName(method));
      return [];
    });
  const hosts = [...new Set(urls.map(({ host }) => host))];
  const first =
    wanted === undefined
      ? urls[0]
      : urls.find(({ host, hostname }) => host === wanted || hostname === wanted);
  if (first === undefined) {
    const there = hosts.length === 0 ? 'there are no requests' : `there are ${hosts.slice(0, 20).join(', ')}`;
    const what =
      wanted === undefined ? 'a request over http or https' : `a request to ${printable(wanted, 100)}`;
    throw new PerfkitError('scenario', `${printable(file)}: expected ${what}: ${there}`);
  }
  if (!/^[\w.-]+$|^\[[\da-f:]+\]$/i.test(first.hostname))
    throw new PerfkitError(
      'scenario',
      `${printable(file)}: expected a host name, got ${printable(first.hostname, 100)}`,
    );
  const same = Map.groupBy(
    urls.filter(
      ({ hostname, host }) =>
        hostname === first.hostname && (wanted === undefined || wanted === hostname || wanted === host),
    ),
    ({ origin }) => origin,
  );
  const [most] = [...same.values()].toSorted((a, b) => b.length - a.length);
  return most?.[0] ?? first;
}

/** Whether it is an address over http or https. */
export function isHttp(url: string): boolean {
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
}
