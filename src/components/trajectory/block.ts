import { writeBitPatterns, readBitPatterns } from './bit-pattern-block.ts';
import type { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { readDecimals, writeDecimals } from './decimal-block.ts';

/** Numbers of a column that are coded together; what fits one part of a track may not fit the next. */
export const blockValues = 4_096;
/** No block is shorter. */
export const leastBlockBytes = 3;

const kinds = { raw: 0, decimals: 1, bitPatterns: 2 } as const;

/** 1 to `blockValues` doubles in the form that is shortest: a byte that names it, and the form. */
export function writeBlock(values: Float64Array, out: ByteWriter): void {
  let kind: number = kinds.raw;
  let best = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const decimals = new ByteWriter();
  if (writeDecimals(values, decimals) && decimals.length < best.length) {
    kind = kinds.decimals;
    best = decimals.written();
  }
  // Decimals this short will not be beaten by their patterns, which cost six tries.
  if (best.length > values.length * 2.5) {
    const patterns = new ByteWriter();
    writeBitPatterns(values, patterns);
    if (patterns.length < best.length) {
      kind = kinds.bitPatterns;
      best = patterns.written();
    }
  }
  out.byte(kind);
  out.bytes(best);
}

/** Fills `into`. Throws CorruptTrajectoryError. */
export function readBlock(reader: ByteReader, into: Float64Array): void {
  const kind = reader.byte();
  if (kind === kinds.decimals) readDecimals(reader, into);
  else if (kind === kinds.bitPatterns) readBitPatterns(reader, into);
  else if (kind === kinds.raw) {
    new Uint8Array(into.buffer, into.byteOffset, into.byteLength).set(reader.bytes(into.byteLength));
  } else reader.corrupt(`a block of kind ${kind}`);
}
