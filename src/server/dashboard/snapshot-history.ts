import { figureNames } from './feed-message.ts';
import type { FeedMessage, FigureName, Limits, Snapshot } from './feed-message.ts';

/** Ten minutes, at a snapshot a second. */
const mostSnapshots = 600;

/** The latest snapshots, oldest first: what a page draws when it is opened. */
export class SnapshotHistory {
  readonly #kept: Snapshot[] = [];

  add(snapshot: Snapshot): void {
    this.#kept.push(snapshot);
    if (this.#kept.length > mostSnapshots) this.#kept.shift();
  }

  /** Some 40 KB when it is full: the figures as columns, without the names a row would repeat. */
  message(limits: Limits): FeedMessage {
    return {
      type: 'history',
      limits,
      atMs: this.#kept.map(({ atMs }) => atMs),
      columns: Object.fromEntries(figureNames.map((name) => [name, this.#column(name)])),
      latest: this.#kept.at(-1) ?? null,
    };
  }

  #column(name: FigureName): (number | null)[] {
    return this.#kept.map(({ figures }) => {
      const value = figures[name];
      // Four decimals are more than a chart shows.
      return value === null ? null : Math.round(value * 10_000) / 10_000;
    });
  }
}
