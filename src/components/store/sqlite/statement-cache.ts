import type { DatabaseSync, StatementSync } from 'node:sqlite';

export interface StatementCacheStats {
  readonly prepared: number;
  readonly hits: number;
  readonly evictions: number;
  readonly size: number;
}

/**
 * Prepared statements by their text, the ones used longest ago forgotten. A text is kept from its second use on, so
 * that texts which come once (ids written into them, say) push nothing out.
 */
export class StatementCache {
  readonly #database: DatabaseSync;
  readonly #max: number;
  readonly #statements = new Map<string, StatementSync>();
  /** Texts used once, the last `max` of them. */
  readonly #once = new Set<string>();
  #prepared = 0;
  #hits = 0;
  #evictions = 0;

  constructor(database: DatabaseSync, max: number) {
    this.#database = database;
    this.#max = max;
  }

  prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) {
      this.#hits++;
      this.#statements.delete(sql);
      this.#statements.set(sql, known);
      return known;
    }
    const statement = this.#database.prepare(sql);
    this.#prepared++;
    if (this.#once.delete(sql)) this.#keep(sql, statement);
    else {
      if (this.#once.size >= this.#max) forgetFirst(this.#once);
      this.#once.add(sql);
    }
    return statement;
  }

  stats(): StatementCacheStats {
    return {
      prepared: this.#prepared,
      hits: this.#hits,
      evictions: this.#evictions,
      size: this.#statements.size,
    };
  }

  clear(): void {
    this.#statements.clear();
    this.#once.clear();
  }

  #keep(sql: string, statement: StatementSync): void {
    if (this.#statements.size >= this.#max) {
      forgetFirst(this.#statements);
      this.#evictions++;
    }
    this.#statements.set(sql, statement);
  }
}

function forgetFirst(keyed: { keys(): IterableIterator<string>; delete(key: string): boolean }): void {
  const first = keyed.keys().next();
  if (first.done !== true) keyed.delete(first.value);
}
