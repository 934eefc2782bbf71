import { http1 } from '../http1.ts';
import { HeaderMemo } from './header-memo.ts';
import { Http2Framing } from './http2-framing.ts';
import { encodeHttp2Request } from './http2-request.ts';
import type { Protocol } from '../protocol.ts';

/**
 * HTTP/2: many streams on a connection. The parsers are those of HTTP/1.1, which WebSocket and event streams speak in
 * the same run.
 */
export function http2(scheme: 'http' | 'https'): Protocol {
  return {
    encode: (message) => encodeHttp2Request(message, scheme),
    parsers: http1.parsers,
    framings: (limits, _depth, now) => {
      const memo = new HeaderMemo();
      return (events, out) => new Http2Framing({ limits, memo, now }, events, out);
    },
  };
}
