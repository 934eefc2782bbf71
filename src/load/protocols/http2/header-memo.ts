import type { HeaderField } from './header-field.ts';

/** Blocks longer than this are decoded each time. */
const maxBytes = 1024;

export interface DecodedBlock {
  readonly fields: HeaderField[];
  /** Those that the block adds to the table, in order. */
  readonly added: readonly HeaderField[];
}

/**
 * The last header block that means the same whatever the table holds, and what it means: an equal one need not be
 * decoded. Shared by all connections of a run.
 */
export class HeaderMemo {
  readonly #bytes = new Uint8Array(maxBytes);
  #length = 0;
  #block: DecodedBlock = { fields: [], added: [] };

  recall(bytes: Uint8Array, start: number, end: number): DecodedBlock | null {
    // hot path
    const length = this.#length;
    if (length === 0 || end - start !== length) return null;
    const known = this.#bytes;
    for (let index = 0; index < length; index++) if (bytes[start + index] !== known[index]) return null;
    return this.#block;
  }

  store(bytes: Uint8Array, start: number, end: number, block: DecodedBlock): void {
    if (end - start > maxBytes || end === start) return;
    this.#bytes.set(bytes.subarray(start, end));
    this.#length = end - start;
    this.#block = block;
  }
}
