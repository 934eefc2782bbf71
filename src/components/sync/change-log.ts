/** A change that a client wants to make to a record. */
export interface SyncChange {
  /** Counts the client's changes, from 1: with the client's id it tells each change from all others. */
  readonly sequence: number;
  readonly recordId: string;
  /** The new value as minified JSON; null: delete the record. */
  readonly json: string | null;
  /** The version of the record that the client changed, 0 for a new one. null: change whatever there is. */
  readonly baseVersion: number | null;
}

/** A record as its last change left it. */
export interface RecordState {
  readonly recordId: string;
  /** That of its last change; no two records have the same. */
  readonly version: number;
  /** null: deleted; this is its tombstone. */
  readonly json: string | null;
}

/**
 * What came of a change. `applied`: its record has `version` now. `conflict`: the record's newer `version` stays.
 * `forgotten`: it was settled so long ago that the client has said that it knows how.
 */
export interface ChangeOutcome {
  readonly sequence: number;
  readonly state: 'applied' | 'conflict' | 'forgotten';
  readonly version: number;
}

/**
 * Records and the order in which they were changed. Every change gives its record the next version, a number that only
 * grows, so what a client has not seen is what has a higher version than it has. A deleted record leaves a tombstone,
 * until `compact`. Only the last change of each record is kept: a log of n records has at most n entries.
 */
export interface ChangeLog {
  /** Tells this log from another, whose versions mean nothing here. */
  readonly epoch: string;
  /** The highest version given so far; 0 when there was no change. */
  version(): number;
  /** Tombstones up to this version are gone: who has seen less needs everything anew. */
  floor(): number;
  /**
   * Apply a client's changes in their order, all or (when it throws) none; they are committed when it returns. A change
   * that was settled before is not applied again: its outcome is told again. Outcomes of changes before the first of
   * `changes` may be forgotten. Throws SequenceGapError when changes are missing before the first one.
   *
   * Conflict rule: the first committed change wins. A change conflicts when its record has a newer version than
   * `baseVersion` and another client made that version; a client's own earlier changes, which it made offline, do not
   * stand in the way of its later ones. A change without a `baseVersion` always wins.
   */
  append(clientId: string, changes: readonly SyncChange[]): ChangeOutcome[];
  /** Records changed after `version`, in the order of change, tombstones among them; at most `limit`. */
  since(version: number, limit: number): RecordState[];
  /** undefined: never heard of, or deleted. */
  get(recordId: string): RecordState | undefined;
  /** Forget tombstones up to a version. Clients are never forgotten: a few bytes each. Returns how many went. */
  compact(version: number): number;
  stats(): ChangeLogStats;
  close(): void;
}

export interface ChangeLogStats {
  readonly records: number;
  readonly tombstones: number;
  readonly clients: number;
}
