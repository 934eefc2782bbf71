import { PerfkitError } from '../../model/errors.ts';
import { http1 } from './http1.ts';
import type { Protocol } from './protocol.ts';

/** Protocols by the URL scheme of the origin. */
const protocols = {
  'http:': http1,
  'https:': http1,
} satisfies Record<string, Protocol>;

/** Throws PerfkitError for a scheme that perfkit does not speak. */
export function protocolOf(origin: URL): Protocol {
  const found = Object.entries(protocols).find(([scheme]) => scheme === origin.protocol);
  if (found === undefined) {
    const known = Object.keys(protocols).map((scheme) => `${scheme}//`);
    throw new PerfkitError(
      'scenario',
      `expected an origin that begins with ${known.join(' or ')}, got ${origin.protocol}//`,
    );
  }
  return found[1];
}
