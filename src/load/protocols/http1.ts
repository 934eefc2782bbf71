import { HeadMemo } from './head-memo.ts';
import { encodeHttp1Request } from './http1-request.ts';
import { Http1Parser } from './http1-parser.ts';
import type { Protocol } from './protocol.ts';

/** HTTP/1.1 with keep-alive, one request at a time on a connection. */
export const http1: Protocol = {
  encode: encodeHttp1Request,
  parsers: (limits) => {
    const memo = new HeadMemo();
    return () => new Http1Parser(limits, memo);
  },
};
