import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { suggestIndex } from './suggest-index.ts';

/** A statement that took longer than the threshold, all of its slow runs together. */
export interface SlowQuery {
  readonly sql: string;
  /** Slow runs, the slowest of them, and their sum. */
  readonly times: number;
  readonly slowestMs: number;
  readonly totalMs: number;
  /** The steps of EXPLAIN QUERY PLAN when it was first slow. */
  readonly plan: readonly string[];
  /** An index that may help, as SQL; null when none comes to mind. */
  readonly suggestion: string | null;
}

/** What the suggested index did for the query. */
export interface IndexTrial {
  readonly suggestion: string;
  /** Medians of five runs. */
  readonly withoutMs: number;
  readonly withMs: number;
  /** The plan with the index; whether SQLite chose it. */
  readonly plan: readonly string[];
  readonly used: boolean;
}

interface Entry extends SlowQuery {
  times: number;
  slowestMs: number;
  totalMs: number;
  /** Of a SELECT, for trying it again. */
  readonly parameters: readonly SQLInputValue[];
}

const mostEntries = 100;
const trialRuns = 5;

/** The last hundred different statements that were slow. */
export class SlowQueries {
  readonly #database: DatabaseSync;
  readonly #now: () => number;
  readonly #onSlow: ((query: SlowQuery) => void) | undefined;
  readonly #entries = new Map<string, Entry>();

  constructor(
    database: DatabaseSync,
    {
      now,
      onSlow,
    }: { readonly now: () => number; readonly onSlow: ((query: SlowQuery) => void) | undefined },
  ) {
    this.#database = database;
    this.#now = now;
    this.#onSlow = onSlow;
  }

  record(sql: string, parameters: readonly SQLInputValue[], durationMs: number): void {
    const entry = this.#entries.get(sql) ?? this.#first(sql, parameters);
    entry.times++;
    entry.totalMs += durationMs;
    entry.slowestMs = Math.max(entry.slowestMs, durationMs);
    this.#entries.delete(sql);
    this.#entries.set(sql, entry);
    const view = publicView(entry);
    // Later: a listener that throws must not undo the transaction that the statement is part of.
    if (this.#onSlow !== undefined) queueMicrotask(() => this.#onSlow?.(view));
  }

  /** The slowest in all first. */
  list(): SlowQuery[] {
    return Array.from(this.#entries.values(), publicView).toSorted((a, b) => b.totalMs - a.totalMs);
  }

  /**
   * Run a listed query without and with its suggested index, which is built in a transaction and rolled back: it costs
   * a write lock for as long as building takes. null when the statement is not listed, is no SELECT or has no suggestion.
   */
  try(sql: string): IndexTrial | null {
    const entry = this.#entries.get(sql);
    if (entry?.suggestion == null || !/^\s*SELECT\b/i.test(sql)) return null;
    const { suggestion, parameters } = entry;
    const withoutMs = this.#medianMs(sql, parameters);
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      this.#database.exec(suggestion);
      const withMs = this.#medianMs(sql, parameters);
      const plan = explain(this.#database, sql, parameters);
      const name = /INDEX IF NOT EXISTS (\w+)/.exec(suggestion)?.[1] ?? '';
      return {
        suggestion,
        withoutMs,
        withMs,
        plan,
        used: plan.some((step) => step.includes(`INDEX ${name}`)),
      };
    } finally {
      this.#database.exec('ROLLBACK');
    }
  }

  #first(sql: string, parameters: readonly SQLInputValue[]): Entry {
    if (this.#entries.size >= mostEntries) {
      const oldest = this.#entries.keys().next();
      if (oldest.done !== true) this.#entries.delete(oldest.value);
    }
    const plan = explain(this.#database, sql, parameters);
    const kept = /^\s*SELECT\b/i.test(sql) ? parameters : [];
    return {
      sql,
      times: 0,
      slowestMs: 0,
      totalMs: 0,
      plan,
      suggestion: suggestIndex(sql, plan),
      parameters: kept,
    };
  }

  #medianMs(sql: string, parameters: readonly SQLInputValue[]): number {
    const statement = this.#database.prepare(sql);
    const times: number[] = [];
    for (let run = 0; run < trialRuns; run++) {
      const startMs = this.#now();
      statement.all(...parameters);
      times.push(this.#now() - startMs);
    }
    return times.toSorted((a, b) => a - b)[trialRuns >> 1] ?? 0;
  }
}

/** The steps of the plan, outermost first; none for a statement that has no plan. */
function explain(
  database: DatabaseSync,
  sql: string,
  parameters: readonly SQLInputValue[],
): readonly string[] {
  try {
    const steps = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...parameters);
    return steps.map((step) => String(step['detail']));
  } catch {
    return [];
  }
}

function publicView({ sql, times, slowestMs, totalMs, plan, suggestion }: Entry): SlowQuery {
  return { sql, times, slowestMs, totalMs, plan, suggestion };
}
