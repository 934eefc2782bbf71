import { checkHeader, decompressBytes, headerBytes, slotCount, unreadable } from './histogram-encoding.ts';

/** Counts of a histogram in the order of its values: counts[i] samples in slots[i]. */
export interface SparseCounts {
  readonly slots: Uint16Array;
  readonly counts: Uint32Array;
  /** How many of the two arrays are filled. */
  readonly used: number;
}

/** Memory that histograms are read into one after the other. */
export interface SparseSpace {
  readonly slots: Uint16Array;
  readonly counts: Uint32Array;
  readonly bytes: Buffer;
}

export function createSparseSpace(): SparseSpace {
  return {
    slots: new Uint16Array(slotCount),
    counts: new Uint32Array(slotCount),
    bytes: Buffer.alloc(65_536),
  };
}

/**
 * The counts of a histogram in base64; the arrays are shared by all calls with the same `into`, so they are good until
 * the next. Throws PerfkitError when it cannot be read.
 */
export function readSparse(text: string, into: SparseSpace): SparseCounts {
  const fits = text.length <= into.bytes.length;
  const length = fits ? into.bytes.write(text, 'base64') : 0;
  const data = decompressBytes(fits ? into.bytes.subarray(0, length) : Buffer.from(text, 'base64'));
  checkHeader(data);
  let used = 0;
  let slot = 0;
  for (let offset = headerBytes; offset < data.length;) {
    // hot path: a comparison reads some ten thousand histograms, so no object for each word (see `zigzag`)
    let value = 0;
    let scale = 1;
    for (let index = 0; index < 9; index++) {
      const byte = data[offset++];
      if (byte === undefined) throw unreadable('it ends in the middle of a count');
      value += (index === 8 ? byte : byte & 0x7f) * scale;
      if (byte < 0x80) break;
      scale *= 128;
    }
    const count = value % 2 === 0 ? value / 2 : 0;
    if (count > 0x7fff_ffff) throw unreadable('a count is more than 2^31');
    if (count > 0 && slot < slotCount) {
      into.slots[used] = slot;
      into.counts[used++] = count;
    }
    slot += value % 2 === 0 ? 1 : (value + 1) / 2;
  }
  if (slot > slotCount) throw unreadable(`it has ${slot} counts, more than its range holds`);
  return { slots: into.slots, counts: into.counts, used };
}
