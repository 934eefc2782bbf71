const headEnd = [13, 10, 13, 10];
/** A Content-Length is looked for in so many bytes of a head. */
const maxHeadChars = 65_536;

/**
 * A counter for one connection: given the next chunk it tells how many requests it completed. It knows heads and
 * Content-Length, which is all that perfkit's own requests have.
 */
export function countRequests(): (chunk: Uint8Array) => number {
  let matched = 0;
  let head = '';
  let bodyLeft = 0;
  return (chunk) => {
    let complete = 0;
    for (let index = 0; index < chunk.length; index++) {
      if (bodyLeft > 0) {
        const taken = Math.min(bodyLeft, chunk.length - index);
        bodyLeft -= taken;
        index += taken - 1;
        if (bodyLeft === 0) complete++;
        continue;
      }
      const byte = chunk[index] ?? 0;
      matched = byte === headEnd[matched] ? matched + 1 : byte === 13 ? 1 : 0;
      if (head.length < maxHeadChars) head += String.fromCharCode(byte);
      if (matched < headEnd.length) continue;
      bodyLeft = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
      if (bodyLeft === 0) complete++;
      matched = 0;
      head = '';
    }
    return complete;
  };
}
