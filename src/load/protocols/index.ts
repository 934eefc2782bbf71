import { http1, http1Closing } from './http1.ts';
import { http2 } from './http2/http2.ts';
import type { LoadTarget } from '../../model/plan.ts';
import type { Protocol } from './protocol.ts';

/** How requests are put on connections, by the target's `protocol`. */
const protocols = {
  http1: ({ newConnections = false }) => (newConnections ? http1Closing : http1),
  http2: ({ origin }) => http2(origin.startsWith('https:') ? 'https' : 'http'),
} satisfies Record<NonNullable<LoadTarget['protocol']>, (target: LoadTarget) => Protocol>;

export function protocolOf(target: LoadTarget): Protocol {
  return protocols[target.protocol ?? 'http1'](target);
}
