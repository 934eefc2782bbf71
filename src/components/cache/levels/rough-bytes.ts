const word = 8;
const deepest = 6;

/**
 * About how many bytes of heap a value takes: strings by their length, binary data by its own, objects by what they
 * hold, six levels down. For a bound that should hold roughly without serializing anything; O(parts of the value).
 */
export function roughBytes(value: unknown, depth = 0): number {
  switch (typeof value) {
    case 'string':
      return 16 + value.length;
    case 'object':
      return value === null || depth > deepest ? word : objectBytes(value, depth);
    case 'bigint':
      return 24;
    default:
      return word;
  }
}

function objectBytes(value: object, depth: number): number {
  if (ArrayBuffer.isView(value)) return 96 + value.byteLength;
  if (value instanceof ArrayBuffer) return 96 + value.byteLength;
  let bytes = 24;
  if (value instanceof Map) {
    for (const [key, part] of value)
      bytes += 3 * word + roughBytes(key, depth + 1) + roughBytes(part, depth + 1);
  } else if (value instanceof Set || Array.isArray(value)) {
    for (const part of value) bytes += word + roughBytes(part, depth + 1);
  } else {
    for (const part of Object.values(value)) bytes += word + roughBytes(part, depth + 1);
  }
  return bytes;
}
