import type { Path } from '../problems/problem.ts';

/** A place in a text, 1-based, and how many characters of that line it covers. */
export interface Position {
  readonly line: number;
  readonly column: number;
  readonly length: number;
}

export interface Place {
  /** This key of the map at the path, not its value. */
  readonly key?: string | undefined;
  /** So far into the text at the path. */
  readonly offset?: number | undefined;
}

/**
 * A scenario as it was read: plain data, and a way back from a path in it to the place in the file. `locate` gives
 * the nearest place that exists (a missing key: its map), or null when there is no text (code, command line).
 */
export interface ScenarioDocument {
  /** As given by the user; null for a scenario made in memory. */
  readonly file: string | null;
  readonly value: unknown;
  readonly lines: readonly string[];
  readonly locate: (path: Path, place?: Place) => Position | null;
}

/** A scenario without text: a module's, or one made from the command line. */
export function dataDocument(file: string | null, value: unknown): ScenarioDocument {
  return { file, value, lines: [], locate: () => null };
}
