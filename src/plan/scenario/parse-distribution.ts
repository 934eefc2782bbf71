import type { Distribution } from '../../model/plan.ts';

/** `zipf(0.99)`, `latest(1.2)`, `uniform`, `sequential`; without an exponent 0.99, as YCSB has it. Null otherwise. */
export function parseDistribution(text: string): Distribution | null {
  if (text === 'uniform' || text === 'sequential') return { kind: text };
  const match = /^(zipf|latest)(?:\((\d+(?:\.\d+)?)\))?$/.exec(text);
  if (match === null) return null;
  const exponent = match[2] === undefined ? 0.99 : Number(match[2]);
  if (!(exponent > 0 && exponent <= 10)) return null;
  return { kind: match[1] === 'zipf' ? 'zipf' : 'latest', exponent };
}

/** The text that `parseDistribution` reads. */
export function formatDistribution(distribution: Distribution): string {
  return 'exponent' in distribution ? `${distribution.kind}(${distribution.exponent})` : distribution.kind;
}
