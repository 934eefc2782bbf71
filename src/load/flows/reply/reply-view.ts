import { decodeBody } from './decode-body.ts';
import { quoteValue } from './quote-value.ts';
import type { Reply, StepFailure } from '../exchange.ts';

/** A reply as captures and expectations look at it: the body is decoded when one of them asks for it, and once. */
export class ReplyView {
  readonly reply: Reply;
  readonly #maxBodyBytes: number;
  #body: Uint8Array | StepFailure | null = null;
  #text: string | null = null;

  constructor(reply: Reply, maxBodyBytes: number) {
    this.reply = reply;
    this.#maxBodyBytes = maxBodyBytes;
  }

  /** Without its content coding; a failure when that is broken, or the body too long. */
  body(): Uint8Array | StepFailure {
    this.#body ??= decodeBody(this.reply.body, this.reply.headers, this.#maxBodyBytes);
    return this.#body;
  }

  /** The body as text, UTF-8 unless Content-Type says Latin-1. */
  text(): string | StepFailure {
    if (this.#text !== null) return this.#text;
    const body = this.body();
    if ('failure' in body) return body;
    const latin1 = /charset="?(?:iso-8859-1|latin1|us-ascii)\b/i.test(this.header('content-type') ?? '');
    this.#text = Buffer.from(body.buffer, body.byteOffset, body.length).toString(latin1 ? 'latin1' : 'utf8');
    return this.#text;
  }

  /** How the body begins, for people. */
  beginning(): string {
    const text = this.text();
    return typeof text === 'string' ? quoteValue(text) : text.detail;
  }

  /** The first header of that name (in lower case); null when there is none. */
  header(name: string): string | null {
    for (const header of this.reply.headers) if (header[0] === name) return header[1];
    return null;
  }
}
