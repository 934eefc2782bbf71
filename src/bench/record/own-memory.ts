import { Histogram } from '../../measure/histogram.ts';
import { collectGarbage } from '../rounds/collect-garbage.ts';

/** The resident memory of a process that measures before it has a subject, which is not charged to that. */
export interface OwnMemory {
  /** Of the process and what was made since by `during`. */
  readonly rssBytes: number;
  /** Make something that is the harness's own: what it takes is added. */
  readonly during: <T>(make: () => T) => T;
}

/**
 * Starts with what the process holds now. The first histogram compiles a module of WebAssembly, 10 MiB that a subject
 * which does nothing would seem to need otherwise.
 */
export function createOwnMemory(): OwnMemory {
  new Histogram().destroy();
  collectGarbage();
  let rssBytes = process.memoryUsage.rss();
  return {
    get rssBytes() {
      return rssBytes;
    },
    during: (make) => {
      const before = process.memoryUsage.rss();
      const made = make();
      rssBytes += Math.max(process.memoryUsage.rss() - before, 0);
      return made;
    },
  };
}
