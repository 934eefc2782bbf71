import { decodeHuffman } from './huffman.ts';
import { headerField } from './header-field.ts';
import { defaultTableBytes, DynamicTable, staticFields } from './header-tables.ts';
import type { HeaderField } from './header-field.ts';
import type { HeaderMemo } from './header-memo.ts';

/** Why a block could not be decoded. The connection is lost then: both tables must have seen the same. */
export type BlockFault = '' | 'compression' | 'too large';

/** Longest integer: four bytes after the first, 2^28, are more than any limit. */
const maxIntegerShift = 28;

/**
 * Decodes the header blocks of one connection in their order (HPACK, RFC 7541). Blocks that mean the same in every
 * state of the table are remembered: a server under load sends the same one over and over.
 */
export class HeaderDecoder {
  /** Of the last block; a list that is used again. */
  fields: HeaderField[] = [];

  readonly #table = new DynamicTable();
  readonly #maxBytes: number;
  readonly #memo: HeaderMemo;
  /** Fields that the block being read adds to the table. */
  #added: HeaderField[] = [];
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  #end = 0;
  #fault: BlockFault = '';
  /** It refers to the table, or changes its size. */
  #depends = false;
  #listBytes = 0;

  /** `maxBytes`: of all fields of a block, as tables count them. `memo` may be shared by decoders with that limit. */
  constructor(maxBytes: number, memo: HeaderMemo) {
    this.#maxBytes = maxBytes;
    this.#memo = memo;
  }

  /** Read bytes[start..end), a whole block, into `fields`. */
  decode(bytes: Uint8Array, start: number, end: number): BlockFault {
    // hot path
    const known = this.#memo.recall(bytes, start, end);
    if (known !== null) {
      this.fields = known.fields;
      for (const field of known.added) this.#table.add(field);
      return '';
    }
    return this.#read(bytes, start, end);
  }

  #read(bytes: Uint8Array, start: number, end: number): BlockFault {
    this.fields = [];
    this.#added = [];
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
    this.#fault = '';
    this.#depends = false;
    this.#listBytes = 0;
    while (this.#at < end && this.#fault === '') this.#readField();
    if (this.#fault === '' && !this.#depends)
      this.#memo.store(bytes, start, end, { fields: this.fields, added: this.#added });
    return this.#fault;
  }

  /** The five forms of RFC 7541 section 6. */
  #readField(): void {
    const byte = this.#bytes[this.#at] ?? 0;
    if (byte >= 0x80) {
      const field = this.#lookUp(this.#integer(7));
      if (field !== null) this.#push(field);
    } else if (byte >= 0x40) {
      const field = this.#literal(6);
      if (field === null) return;
      this.#table.add(field);
      this.#added.push(field);
      this.#push(field);
    } else if (byte >= 0x20) {
      this.#resize(this.#integer(5));
    } else {
      const field = this.#literal(4);
      if (field !== null) this.#push(field);
    }
  }

  #push(field: HeaderField): void {
    this.#listBytes += field.tableBytes;
    if (this.#listBytes > this.#maxBytes) this.#fault = 'too large';
    else this.fields.push(field);
  }

  #literal(prefixBits: number): HeaderField | null {
    const index = this.#integer(prefixBits);
    const name = index === 0 ? this.#text() : (this.#lookUp(index)?.name ?? '');
    const value = this.#text();
    return this.#fault === '' ? headerField(name, value) : null;
  }

  #lookUp(index: number): HeaderField | null {
    const fixed = staticFields[index - 1];
    if (fixed !== undefined) return fixed;
    this.#depends = true;
    const field = this.#table.at(index - staticFields.length);
    if (field === null) this.#fault = 'compression';
    return field;
  }

  /** Before the first field of a block only, and within what was agreed (RFC 7541 section 4.2). */
  #resize(maxBytes: number): void {
    this.#depends = true;
    if (maxBytes > defaultTableBytes || this.fields.length > 0) this.#fault = 'compression';
    else this.#table.resize(maxBytes);
  }

  /** RFC 7541 section 5.1. */
  #integer(prefixBits: number): number {
    const mask = 2 ** prefixBits - 1;
    let value = (this.#bytes[this.#at++] ?? 0) & mask;
    if (value < mask) return value;
    for (let shift = 0; this.#at < this.#end && shift < maxIntegerShift; shift += 7) {
      const byte = this.#bytes[this.#at++] ?? 0;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    this.#fault = 'compression';
    return 0;
  }

  /** RFC 7541 section 5.2. */
  #text(): string {
    if (this.#at >= this.#end) this.#fault = 'compression';
    if (this.#fault !== '') return '';
    const coded = (this.#bytes[this.#at] ?? 0) >= 0x80;
    const length = this.#integer(7);
    const start = this.#at;
    if (length > this.#end - start) this.#fault = 'compression';
    if (this.#fault !== '') return '';
    this.#at += length;
    if (!coded)
      return Buffer.from(this.#bytes.buffer, this.#bytes.byteOffset + start, length).toString('latin1');
    const text = decodeHuffman(this.#bytes, start, start + length);
    if (text === null) this.#fault = 'compression';
    return text ?? '';
  }
}
