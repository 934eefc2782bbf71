import { CorruptTrajectoryError } from './corrupt-trajectory-error.ts';

/** Reads bytes in order and never past their end: that throws CorruptTrajectoryError. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #at: number;
  readonly #end: number;

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
  }

  get at(): number {
    return this.#at;
  }

  get left(): number {
    return this.#end - this.#at;
  }

  byte(): number {
    if (this.#at >= this.#end) this.corrupt('too few bytes');
    return this.#bytes[this.#at++]!;
  }

  /** An integer, 0 to 2^53 - 1. */
  varint(): number {
    let value = 0;
    for (let weight = 1; weight <= 2 ** 49; weight *= 128) {
      const byte = this.byte();
      value += (byte & 127) * weight;
      if (byte < 128) {
        if (!Number.isSafeInteger(value)) break;
        return value;
      }
    }
    return this.corrupt('a number that is too large');
  }

  /** A view. */
  bytes(count: number): Uint8Array {
    if (count > this.left) this.corrupt('too few bytes');
    const bytes = this.#bytes.subarray(this.#at, this.#at + count);
    this.#at += count;
    return bytes;
  }

  corrupt(problem: string): never {
    throw new CorruptTrajectoryError(problem, this.#at);
  }
}
