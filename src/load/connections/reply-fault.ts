import { reply } from '../protocols/protocol.ts';
import type { StepFailure } from '../flows/exchange.ts';
import type { ReplyParser } from '../protocols/protocol.ts';

/** What is wrong with a reply that the parser is done with, after it has used so many of `length` bytes; null for nothing. */
export function replyFault(parser: ReplyParser, used: number, length: number): StepFailure | null {
  // hot path
  if (parser.state === reply.failed)
    return { failure: parser.fault, detail: `the reply is not valid: ${parser.reason}` };
  return used < length
    ? { failure: 'protocol', detail: 'the reply is followed by bytes that belong to no reply' }
    : null;
}
