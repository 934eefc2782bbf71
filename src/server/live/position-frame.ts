/** Things that move in the shared space. */
const bodies = 32;
/** uint32 frame number, float64 time it was due (ms), then x, y, z of each body as float32; little-endian. */
export const positionFrameBytes = 12 + bodies * 12;

/** Where everything is at frame `number`: each body on a Lissajous curve of its own, so any frame can be checked alone. */
export function positionFrame(number: number, dueMs: number): Buffer {
  const frame = Buffer.allocUnsafe(positionFrameBytes);
  frame.writeUInt32LE(number >>> 0, 0);
  frame.writeDoubleLE(dueMs, 4);
  const turn = number / 60;
  for (let body = 0; body < bodies; body++) {
    const at = 12 + body * 12;
    frame.writeFloatLE(Math.sin(turn * (1 + body * 0.05)), at);
    frame.writeFloatLE(Math.cos(turn * (1.3 + body * 0.03)), at + 4);
    frame.writeFloatLE(Math.sin(turn * 0.7 + body), at + 8);
  }
  return frame;
}
