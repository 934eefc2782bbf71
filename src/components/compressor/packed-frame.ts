import { CorruptInputError } from './compressor-errors.ts';
import type { Codec } from './codec.ts';
import { codecs } from './codecs.ts';

/**
 * Packed data: one byte that says how the rest is coded, then the rest.
 *
 *     0        stored as it was
 *     1..127   the codec of that id
 *     +128     with a dictionary, which the reader must have
 */
export interface PackedFrame {
  /** null: stored. */
  readonly codec: Codec | null;
  readonly name: string;
  readonly withDictionary: boolean;
  readonly payload: Uint8Array;
}

const dictionaryFlag = 128;
const byId: ReadonlyMap<number, readonly [string, Codec]> = new Map(
  Object.entries(codecs).map(([name, codec]) => [codec.id, [name, codec]] as const),
);

/** A byte more than the payload. */
export function writeFrame(codec: Codec | null, withDictionary: boolean, payload: Uint8Array): Uint8Array {
  const frame = new Uint8Array(payload.byteLength + 1);
  frame[0] = codec === null ? 0 : codec.id + (withDictionary ? dictionaryFlag : 0);
  frame.set(payload, 1);
  return frame;
}

/** A view of the frame, nothing copied. Throws CorruptInputError when the first byte is none that `writeFrame` writes. */
export function readFrame(frame: Uint8Array): PackedFrame {
  const marker = frame[0];
  if (marker === undefined) throw new CorruptInputError('packed', 0, 'nothing');
  const payload = frame.subarray(1);
  if (marker === 0) return { codec: null, name: 'stored', withDictionary: false, payload };
  const found = byId.get(marker & 127);
  if (found === undefined) {
    throw new CorruptInputError('packed', frame.byteLength, `the unknown marker ${marker}`);
  }
  const [name, codec] = found;
  return { codec, name, withDictionary: marker >= dictionaryFlag, payload };
}
