import { PatternError } from '../../../model/pattern.ts';
import type { Pattern, PatternNode } from '../../../model/pattern.ts';

/** What an instruction does; `split` goes on at `x`, and at `y` if that leads to nothing. */
export const op = { char: 0, class: 1, split: 2, jump: 3, save: 4, assert: 5, match: 6 } as const;

export const asserts = { start: 0, end: 1, boundary: 2, inside: 3 } as const;

/** Instructions for the matcher; `x` and `y` are code units, targets, slots or indexes by the instruction. */
export interface PatternProgram {
  readonly ops: Uint8Array;
  readonly x: Int32Array;
  readonly y: Int32Array;
  readonly classes: readonly CharClass[];
  /** Every match begins with it. */
  readonly prefix: string;
  readonly ignoreCase: boolean;
  /** Slots 2 and 3 hold the first group. */
  readonly hasGroup: boolean;
}

export interface CharClass {
  /** 1 for each code unit below 128 that is in it. */
  readonly ascii: Uint8Array;
  readonly ranges: readonly (readonly [number, number])[];
  readonly negated: boolean;
}

/** Repetitions are written out; more than these would make a step of the matcher slow. */
const maxInstructions = 2000;

/** Throws PatternError for a pattern whose repetitions multiply to too much. */
export function compilePattern(pattern: Pattern): PatternProgram {
  const writer = new ProgramWriter(pattern.ignoreCase);
  writer.write(pattern.node);
  writer.emit(op.match);
  return {
    ...writer.arrays(),
    prefix: pattern.ignoreCase ? '' : prefixOf(pattern.node),
    ignoreCase: pattern.ignoreCase,
    hasGroup: pattern.groups > 0,
  };
}

class ProgramWriter {
  readonly #ops: number[] = [];
  readonly #x: number[] = [];
  readonly #y: number[] = [];
  readonly #classes: CharClass[] = [];
  readonly #ignoreCase: boolean;

  constructor(ignoreCase: boolean) {
    this.#ignoreCase = ignoreCase;
  }

  arrays(): Pick<PatternProgram, 'ops' | 'x' | 'y' | 'classes'> {
    return {
      ops: Uint8Array.from(this.#ops),
      x: Int32Array.from(this.#x),
      y: Int32Array.from(this.#y),
      classes: this.#classes,
    };
  }

  emit(code: number, x = 0, y = 0): number {
    if (this.#ops.length >= maxInstructions)
      throw new PatternError('its repetitions multiply to too much: lower the counts', 0);
    this.#ops.push(code);
    this.#x.push(x);
    this.#y.push(y);
    return this.#ops.length - 1;
  }

  write(node: PatternNode): void {
    switch (node.kind) {
      case 'char':
        this.emit(op.char, this.#ignoreCase ? foldCase(node.unit) : node.unit);
        break;
      case 'class':
        this.#classes.push({
          ascii: asciiOf(node, this.#ignoreCase),
          ranges: node.ranges,
          negated: node.negated,
        });
        this.emit(op.class, this.#classes.length - 1);
        break;
      case 'sequence':
        for (const one of node.nodes) this.write(one);
        break;
      case 'either':
        this.#either(node.nodes);
        break;
      case 'group':
        if (node.index === 1) this.emit(op.save, 2);
        this.write(node.node);
        if (node.index === 1) this.emit(op.save, 3);
        break;
      case 'repeat':
        for (let count = 0; count < node.min; count++) this.write(node.node);
        if (node.max === Infinity) this.#loop(node.node, node.lazy);
        else this.#optional(node.node, node.max - node.min, node.lazy);
        break;
      default:
        this.emit(op.assert, asserts[node.kind]);
    }
  }

  #either(nodes: readonly PatternNode[]): void {
    const jumps: number[] = [];
    for (const [index, node] of nodes.entries()) {
      const last = index === nodes.length - 1;
      const split = last ? -1 : this.emit(op.split, this.#ops.length + 1);
      this.write(node);
      if (last) continue;
      jumps.push(this.emit(op.jump));
      this.#y[split] = this.#ops.length;
    }
    for (const jump of jumps) this.#x[jump] = this.#ops.length;
  }

  #loop(node: PatternNode, lazy: boolean): void {
    const split = this.emit(op.split);
    this.write(node);
    this.emit(op.jump, split);
    this.#branch(split, split + 1, this.#ops.length, lazy);
  }

  #optional(node: PatternNode, times: number, lazy: boolean): void {
    const splits: number[] = [];
    for (let count = 0; count < times; count++) {
      splits.push(this.emit(op.split));
      this.write(node);
    }
    for (const split of splits) this.#branch(split, split + 1, this.#ops.length, lazy);
  }

  #branch(split: number, into: number, past: number, lazy: boolean): void {
    this.#x[split] = lazy ? past : into;
    this.#y[split] = lazy ? into : past;
  }
}

/** One code unit for all that differ in case only, as far as a single unit says. */
export function foldCase(unit: number): number {
  if (unit < 128) return unit >= 65 && unit <= 90 ? unit | 0x20 : unit;
  const lower = String.fromCharCode(unit).toLowerCase();
  return lower.length === 1 ? lower.charCodeAt(0) : unit;
}

function asciiOf(
  { ranges, negated }: { ranges: CharClass['ranges']; negated: boolean },
  ignoreCase: boolean,
): Uint8Array {
  const within = (unit: number): boolean => ranges.some(([low, high]) => unit >= low && unit <= high);
  return Uint8Array.from({ length: 128 }, (_, unit) => {
    const char = String.fromCharCode(unit);
    const forms = ignoreCase ? [char.toLowerCase(), char.toUpperCase()] : [char];
    return forms.some((form) => within(form.charCodeAt(0))) === negated ? 0 : 1;
  });
}

/** The text that every match begins with; '' when there is none to tell. */
function prefixOf(node: PatternNode): string {
  if (node.kind === 'char') return String.fromCharCode(node.unit);
  if (node.kind !== 'sequence') return '';
  let prefix = '';
  for (const one of node.nodes) {
    if (one.kind !== 'char') break;
    prefix += String.fromCharCode(one.unit);
  }
  return prefix;
}
