/**
 * Bits that Gorilla's coding of values takes (Pelkonen and others, VLDB 2015, section 4.1.2): the XOR with the value
 * before; 1 bit when it is 0; within the last window 2 bits and the window; else 2 + 5 + 6 bits and a window of its own.
 */
export function gorillaBits(values: Float64Array): number {
  const patterns = new BigUint64Array(values.buffer, values.byteOffset, values.length);
  let bits = 64;
  let window: { leading: number; trailing: number } | null = null;
  for (let index = 1; index < patterns.length; index++) {
    const xor = patterns[index]! ^ patterns[index - 1]!;
    if (xor === 0n) {
      bits += 1;
      continue;
    }
    const text = xor.toString(2).padStart(64, '0');
    const leading = Math.min(31, text.indexOf('1'));
    const trailing = 63 - text.lastIndexOf('1');
    if (window !== null && leading >= window.leading && trailing >= window.trailing) {
      bits += 2 + 64 - window.leading - window.trailing;
    } else {
      window = { leading, trailing };
      bits += 2 + 5 + 6 + 64 - leading - trailing;
    }
  }
  return bits;
}
