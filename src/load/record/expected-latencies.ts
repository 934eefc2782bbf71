/** Response and service time of each request, in ns, in the order of arrival. */
export interface ExpectedLatencies {
  readonly responseNs: readonly number[];
  readonly serviceNs: readonly number[];
}

export interface ExpectedLoad {
  readonly count: number;
  readonly gapNs: number;
  readonly connections: number;
  /** When the server's reply to a request sent at `sentNs` comes. */
  readonly replyNs: (sentNs: number) => number;
}

/**
 * What a perfect generator sees: request k is due at k * gapNs and is sent when it is due or when a connection
 * becomes free, whichever is later (the recursion of D. V. Lindley, The theory of queues with a single server, 1952;
 * for several connections J. Kiefer and J. Wolfowitz, On the theory of queues with many servers, 1955).
 */
export function expectedLatencies({ count, gapNs, connections, replyNs }: ExpectedLoad): ExpectedLatencies {
  const responseNs: number[] = [];
  const serviceNs: number[] = [];
  const freeNs = new Float64Array(connections);
  for (let k = 0; k < count; k++) {
    const dueNs = k * gapNs;
    const connection = freeNs.indexOf(Math.min(...freeNs));
    const sentNs = Math.max(dueNs, freeNs[connection] ?? 0);
    const doneNs = replyNs(sentNs);
    freeNs[connection] = doneNs;
    responseNs.push(doneNs - dueNs);
    serviceNs.push(doneNs - sentNs);
  }
  return { responseNs, serviceNs };
}

/** The smallest value that `percentile` (0-100) of the values do not exceed: what a histogram reports, to its grain. */
export function exactPercentile(values: readonly number[], percentile: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(1, Math.ceil((percentile / 100) * sorted.length)) - 1] ?? 0;
}
