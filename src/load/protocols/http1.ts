import { HeadMemo } from './head-memo.ts';
import { Http1Pipeline } from './http1-pipeline.ts';
import { encodeHttp1Request } from './http1-request.ts';
import { Http1Parser } from './http1-parser.ts';
import type { ParserLimits, Protocol, ReplyParser } from './protocol.ts';

/** HTTP/1.1 with keep-alive, one request at a time on a connection or several in a pipeline. */
export const http1: Protocol = {
  encode: encodeHttp1Request,
  parsers,
  framings: (limits, depth, now) => {
    const createParser = parsers(limits);
    return (events, out) => new Http1Pipeline({ parser: createParser(), depth, now }, events, out);
  },
};

/** HTTP/1.1 whose requests ask the server to close the connection after the reply. */
export const http1Closing: Protocol = {
  ...http1,
  encode: (message) => {
    const said = message.headers.some(([name]) => name.toLowerCase() === 'connection');
    const headers = said ? message.headers : [...message.headers, ['Connection', 'close'] as const];
    return encodeHttp1Request({ ...message, headers, closes: true });
  },
};

function parsers(limits: ParserLimits): () => ReplyParser {
  const memo = new HeadMemo();
  return () => new Http1Parser(limits, memo);
}
