import { parsePattern } from '../../../model/pattern.ts';
import { asserts, compilePattern, foldCase, op } from './pattern-program.ts';
import type { CharClass, PatternProgram } from './pattern-program.ts';

/** Finds the first match: its first group, or the whole when the pattern has no group; null when nothing matches. */
export type PatternMatcher = (text: string) => string | null;

/** A search looks at the first million characters and gives up after so many steps (a quarter of a second). */
const maxChars = 1_000_000;
const maxSteps = 32_000_000;

/**
 * A matcher whose time is in proportion to the text (Thompson's simulation with captures, "Pike VM"; R. Cox 2009):
 * all ways to match go through the text together, so that none is tried again. Throws PatternError.
 */
export function createPatternMatcher(text: string): PatternMatcher {
  const program = compilePattern(parsePattern(text));
  const machine = new PatternMachine(program);
  return (subject) => machine.match(subject.length > maxChars ? subject.slice(0, maxChars) : subject);
}

/** The threads that are alive at one place of the text, best first, each with four slots. */
class ThreadList {
  readonly pcs: Int32Array;
  readonly slots: Int32Array;
  /** At an instruction: the place in the text at which it was added last. */
  readonly seenAt: Int32Array;
  length = 0;

  constructor(size: number) {
    this.pcs = new Int32Array(size);
    this.slots = new Int32Array(size * 4);
    this.seenAt = new Int32Array(size).fill(-1);
  }
}

class PatternMachine {
  readonly #program: PatternProgram;
  #current: ThreadList;
  #next: ThreadList;
  #text = '';
  #steps = 0;
  readonly #found = new Int32Array(4);

  constructor(program: PatternProgram) {
    this.#program = program;
    this.#current = new ThreadList(program.ops.length);
    this.#next = new ThreadList(program.ops.length);
  }

  match(text: string): string | null {
    const { prefix, hasGroup } = this.#program;
    this.#text = text;
    this.#steps = 0;
    this.#found.fill(-1);
    for (const list of [this.#current, this.#next]) {
      list.length = 0;
      list.seenAt.fill(-1);
    }
    for (let at = 0; at <= text.length; at++) {
      if (this.#found[0] === -1) {
        if (this.#current.length === 0 && prefix !== '') {
          at = text.indexOf(prefix, at);
          if (at === -1) break;
        }
        this.#add(this.#current, 0, at, at, -1, -1);
      }
      if (this.#current.length === 0) {
        if (this.#found[0] !== -1) break;
        continue;
      }
      this.#step(at);
      if (this.#steps > maxSteps) break;
      [this.#current, this.#next] = [this.#next, this.#current];
      this.#next.length = 0;
    }
    this.#text = '';
    const [start = -1, end = -1, groupStart = -1, groupEnd = -1] = this.#found;
    if (start === -1) return null;
    if (!hasGroup) return text.slice(start, end);
    return groupEnd === -1 ? '' : text.slice(groupStart, groupEnd);
  }

  /** Take every thread over the character at `at`. */
  #step(at: number): void {
    const { ops, x, ignoreCase, classes } = this.#program;
    const { pcs, slots, length } = this.#current;
    const unit = at < this.#text.length ? this.#text.charCodeAt(at) : -1;
    const folded = ignoreCase && unit >= 0 ? foldCase(unit) : unit;
    this.#steps += length;
    for (let index = 0; index < length; index++) {
      const pc = pcs[index] ?? 0;
      const code = ops[pc];
      const slot = index * 4;
      const start = slots[slot] ?? -1;
      const groupStart = slots[slot + 2] ?? -1;
      const groupEnd = slots[slot + 3] ?? -1;
      if (code === op.match) {
        this.#found[0] = start;
        this.#found[1] = at;
        this.#found[2] = groupStart;
        this.#found[3] = groupEnd;
        return; // those behind are worse
      }
      const charClass = code === op.class ? classes[x[pc] ?? 0] : undefined;
      const passes =
        charClass === undefined ? folded === x[pc] : unit >= 0 && isInClass(charClass, unit, ignoreCase);
      if (passes) this.#add(this.#next, pc + 1, at + 1, start, groupStart, groupEnd);
    }
  }

  /** Add a thread, and those that it becomes without reading on. */
  #add(list: ThreadList, pc: number, at: number, start: number, groupStart: number, groupEnd: number): void {
    const { ops, x, y } = this.#program;
    if (list.seenAt[pc] === at) return;
    list.seenAt[pc] = at;
    this.#steps++;
    const to = x[pc] ?? 0;
    switch (ops[pc]) {
      case op.jump:
        this.#add(list, to, at, start, groupStart, groupEnd);
        break;
      case op.split:
        this.#add(list, to, at, start, groupStart, groupEnd);
        this.#add(list, y[pc] ?? 0, at, start, groupStart, groupEnd);
        break;
      case op.save:
        this.#add(list, pc + 1, at, start, to === 2 ? at : groupStart, to === 3 ? at : groupEnd);
        break;
      case op.assert:
        if (this.#holds(to, at)) this.#add(list, pc + 1, at, start, groupStart, groupEnd);
        break;
      default: {
        const slot = list.length * 4;
        list.pcs[list.length++] = pc;
        list.slots[slot] = start;
        list.slots[slot + 2] = groupStart;
        list.slots[slot + 3] = groupEnd;
      }
    }
  }

  #holds(assertion: number, at: number): boolean {
    if (assertion === asserts.start) return at === 0;
    if (assertion === asserts.end) return at === this.#text.length;
    const boundary = isWord(this.#text, at - 1) !== isWord(this.#text, at);
    return boundary === (assertion === asserts.boundary);
  }
}

function isInClass({ ascii, ranges, negated }: CharClass, unit: number, ignoreCase: boolean): boolean {
  if (unit < 128) return ascii[unit] === 1;
  const folded = ignoreCase ? foldCase(unit) : unit;
  return (
    ranges.some(([low, high]) => (unit >= low && unit <= high) || (folded >= low && folded <= high)) !==
    negated
  );
}

function isWord(text: string, at: number): boolean {
  const unit = at >= 0 && at < text.length ? text.charCodeAt(at) : 0;
  return (
    (unit >= 48 && unit <= 57) || (unit >= 65 && unit <= 90) || unit === 95 || (unit >= 97 && unit <= 122)
  );
}
