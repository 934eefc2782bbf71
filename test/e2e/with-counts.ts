import { compressEncoded, decompressEncoded, headerBytes } from '../../src/measure/histogram-encoding.ts';

/** The histogram (V2, base64) with every count of 1 made this one: ZigZag LEB128, as the format has it. */
export function withCounts(histogram: string, count: number): string {
  const data = decompressEncoded(histogram);
  const bytes: number[] = [];
  let inside = false;
  for (const byte of data.subarray(headerBytes)) {
    if (!inside && byte === 2) bytes.push(...word(count));
    else bytes.push(byte);
    inside = byte >= 0x80;
  }
  const made = Buffer.concat([data.subarray(0, headerBytes), Buffer.from(bytes)]);
  made.writeInt32BE(bytes.length, 4);
  return compressEncoded(made);
}

function word(count: number): number[] {
  const bytes: number[] = [];
  let rest = count * 2;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  return [...bytes, rest];
}
