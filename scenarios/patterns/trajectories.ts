import { decodeTrajectory, encodeTrajectory } from 'perfkit/trajectory';
import type { ScenarioContext, ScenarioSubject, SeededRandom } from './scenario-context.ts';

const tracks = 16;
const states = 4_096;

/**
 * Lossless coding of seeded smooth trajectories as they are recorded: time in milliseconds at about one a second,
 * position in degrees with six decimals (0.1 m), height with one, speed and heading with two and one. An acceleration
 * that wanders moves each. Every track is decoded again and compared bit by bit before anything is measured.
 */
export function createTrajectories(
  _options: Readonly<Record<string, unknown>>,
  { random }: ScenarioContext,
): ScenarioSubject {
  const recorded = Array.from({ length: tracks }, () => record(random));
  let original = 0;
  let encoded = 0;
  for (const columns of recorded) {
    const bytes = encodeTrajectory(columns);
    encoded += bytes.byteLength;
    const decoded = decodeTrajectory(bytes);
    for (const [index, column] of columns.entries()) {
      original += column.byteLength;
      const back = decoded[index];
      if (back === undefined || Buffer.compare(bytesOf(column), bytesOf(back)) !== 0) {
        throw new Error(`Expected column ${index} to be reconstructed bit by bit, got other bits`);
      }
    }
  }
  return {
    operations: { encode: (index) => encodeTrajectory(recorded[index % tracks] ?? []) },
    metrics: () => ({ saved: 1 - encoded / original }),
  };
}

function bytesOf(column: Float64Array): Uint8Array {
  return new Uint8Array(column.buffer, column.byteOffset, column.byteLength);
}

function record(random: SeededRandom): Float64Array[] {
  const time = new Float64Array(states);
  const startMs = 1_700_000_000_000 + random.int(1e9);
  for (let state = 0; state < states; state++) time[state] = startMs + state * 1_000 + random.int(5) - 2;
  return [
    time,
    smooth(random, { start: 20 + random.next() * 40, step: 1e-5, decimals: 6 }),
    smooth(random, { start: random.next() * 100, step: 1e-5, decimals: 6 }),
    smooth(random, { start: random.next() * 300, step: 0.2, decimals: 1 }),
    smooth(random, { start: 1.5, step: 0.02, decimals: 2 }),
    smooth(random, { start: 180, step: 0.8, decimals: 1 }),
  ];
}

/** Velocity is a mean-reverting random walk (Ornstein and Uhlenbeck), so the position is smooth. */
function smooth(
  random: SeededRandom,
  { start, step, decimals }: { readonly start: number; readonly step: number; readonly decimals: number },
): Float64Array {
  const column = new Float64Array(states);
  let position = start;
  let velocity = 0;
  for (let state = 0; state < states; state++) {
    velocity = 0.97 * velocity + 0.25 * step * (random.next() + random.next() - 1);
    position += velocity;
    column[state] = Number(position.toFixed(decimals));
  }
  return column;
}
