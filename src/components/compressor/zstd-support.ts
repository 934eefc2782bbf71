import { zstdCompressSync } from 'node:zlib';

let answer: boolean | undefined;

/**
 * Whether zstd of this Node takes dictionaries (22.19, 24.6 and later). Earlier versions ignore the option, so this
 * asks for the compression of data that is its own dictionary, once.
 */
export function zstdTakesDictionary(): boolean {
  answer ??= withOwnDictionary() < 40;
  return answer;
}

function withOwnDictionary(): number {
  // Bytes without repetition: nothing but a dictionary makes them shorter.
  const dictionary = Uint8Array.from({ length: 128 }, (_, index) => (index * 167 + 13) & 255);
  return zstdCompressSync(dictionary, { dictionary }).byteLength;
}
