import { spawnSync } from 'node:child_process';

export interface PeerTable {
  readonly title: string;
  /** The script to run, once for each workload and peer, as `script workload peer`; it prints nanoseconds an operation. */
  readonly script: string;
  readonly workloads: readonly string[];
  /** Ours first. */
  readonly peers: readonly string[];
  readonly rounds: number;
}

/** Every workload and peer in turn, each time in a fresh process, then medians with their spread. Returns medians by workload and peer. */
export function runPeerRounds({ title, script, workloads, peers, rounds }: PeerTable): Map<string, number[]> {
  const medians = new Map<string, number[]>();
  console.log(`${title}: ns an operation, median of ${rounds} fresh processes (smallest to largest)`);
  for (const workload of workloads) {
    const times = peers.map((): number[] => []);
    for (let round = 0; round < rounds; round++) {
      // Whoever goes first alternates.
      const order = peers.map((_, index) => (round % 2 === 0 ? index : peers.length - 1 - index));
      for (const index of order) times[index]?.push(runOnce(script, workload, peers[index] ?? ''));
    }
    console.log(`  ${workload}`);
    const middles = times.map(median);
    medians.set(workload, middles);
    const ours = middles[0] ?? NaN;
    for (const [index, peer] of peers.entries()) {
      const sorted = (times[index] ?? []).toSorted((a, b) => a - b);
      const spread = `(${(sorted[0] ?? NaN).toFixed(0)} to ${(sorted.at(-1) ?? NaN).toFixed(0)})`;
      const ratio = (middles[index] ?? NaN) / ours;
      const verdict = index === 0 ? '' : `ours does ${ratio.toFixed(2)} times as many`;
      console.log(
        `    ${peer.padEnd(26)}${(middles[index] ?? NaN).toFixed(0).padStart(7)}  ${spread.padEnd(18)}${verdict}`,
      );
    }
  }
  return medians;
}

function runOnce(script: string, workload: string, peer: string): number {
  const { stdout, stderr, status } = spawnSync(process.execPath, [script, workload, peer], {
    encoding: 'utf8',
    timeout: 120_000,
  });
  const ns = Number(stdout);
  if (status !== 0 || !(ns > 0)) throw new Error(`${workload} by ${peer} failed: ${stderr}`);
  return ns;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}
