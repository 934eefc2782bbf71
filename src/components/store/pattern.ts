/** A learned pattern: what queries ask for in columns, the rest in `body`, which the store does not look into. */
export interface Pattern {
  /** 1 to 512 characters, no NUL; so are `type` and `domain`. */
  readonly id: string;
  readonly type: string;
  readonly domain: string;
  /** 0 to 1. */
  readonly confidence: number;
  readonly usageCount: number;
  /** Milliseconds since 1970. */
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  /** null: never. */
  readonly lastUsedAtMs: number | null;
  readonly body: Uint8Array;
}

/** Only what changes. */
export type PatternChanges = Partial<Omit<Pattern, 'id'>>;

export interface PatternUpdate {
  readonly id: string;
  readonly changes: PatternChanges;
}

/** What all of the conditions given hold for. Lower bounds include the value, upper bounds do not. */
export interface PatternQuery {
  readonly type?: string;
  readonly domain?: string;
  readonly minConfidence?: number;
  readonly belowConfidence?: number;
  readonly createdFromMs?: number;
  readonly createdBeforeMs?: number;
  readonly updatedFromMs?: number;
  readonly updatedBeforeMs?: number;
  readonly usedFromMs?: number;
  /** true: never used (usageCount 0); false: used. */
  readonly unused?: boolean;
  /** Equal ones come in no particular order. @default 'usage' */
  readonly orderBy?: PatternOrder;
  /** @default 'descending' */
  readonly direction?: 'ascending' | 'descending';
  /** 1 to 10,000. @default 100 */
  readonly limit?: number;
  /** @default 0 */
  readonly offset?: number;
}

export type PatternOrder = 'usage' | 'confidence' | 'created' | 'updated' | 'used';
