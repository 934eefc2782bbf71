import type { Traffic } from './connection-context.ts';
import type { Wire } from './transport.ts';

const chunkBytes = 65_536;

/**
 * Collects what is written during one turn, so that requests which become ready together leave in one system call.
 * What was handed to the wire is never written over: a chunk is used up, then another one is made.
 */
export class BatchWriter {
  readonly #traffic: Traffic;
  readonly #wire: Wire;
  #chunk = Buffer.allocUnsafeSlow(chunkBytes);
  #flushed = 0;
  #end = 0;

  constructor(wire: Wire, traffic: Traffic) {
    this.#wire = wire;
    this.#traffic = traffic;
  }

  /** Copies the bytes. */
  write(bytes: Uint8Array): void {
    // hot path
    if (this.#end + bytes.length > chunkBytes) this.#turnOver();
    if (bytes.length > chunkBytes) {
      this.#send(Buffer.from(bytes));
      return;
    }
    this.#chunk.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  flush(): void {
    // hot path
    if (this.#end === this.#flushed) return;
    const bytes = this.#chunk.subarray(this.#flushed, this.#end);
    this.#flushed = this.#end;
    this.#send(bytes);
  }

  #turnOver(): void {
    this.flush();
    this.#chunk = Buffer.allocUnsafeSlow(chunkBytes);
    this.#flushed = 0;
    this.#end = 0;
  }

  #send(bytes: Uint8Array): void {
    this.#traffic.bytesOut += bytes.length;
    this.#wire.write(bytes);
  }
}
