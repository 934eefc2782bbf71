const firstBackoffNs = 10e6;
const maxBackoffNs = 1e9;

/** How long to wait before connecting again after so many failures in a row. */
export function backoffNs(failures: number): number {
  return failures === 0 ? 0 : Math.min(maxBackoffNs, firstBackoffNs * 2 ** (failures - 1));
}
