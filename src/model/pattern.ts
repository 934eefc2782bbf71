/**
 * The regular expressions of scenarios: what JavaScript has without back-references and look-around, so that a match
 * takes time in proportion to the text, whatever the text is (R. Cox, "Regular Expression Matching Can Be Simple And
 * Fast", 2007). `(?i)` at the start ignores case. `^` and `$` are the ends of the text.
 */
export interface Pattern {
  readonly node: PatternNode;
  readonly ignoreCase: boolean;
  /** Capturing groups, numbered from 1 in the order of their parentheses. */
  readonly groups: number;
}

/** Characters are UTF-16 code units. */
export type PatternNode =
  | { readonly kind: 'char'; readonly unit: number }
  | { readonly kind: 'class'; readonly ranges: readonly Range[]; readonly negated: boolean }
  | { readonly kind: 'start' | 'end' | 'boundary' | 'inside' }
  | { readonly kind: 'sequence' | 'either'; readonly nodes: readonly PatternNode[] }
  | { readonly kind: 'group'; readonly index: number; readonly node: PatternNode }
  | {
      readonly kind: 'repeat';
      readonly node: PatternNode;
      readonly min: number;
      readonly max: number;
      readonly lazy: boolean;
    };

/** First and last code unit. */
type Range = readonly [number, number];

/** A mistake in a pattern, with its place (0-based). */
export class PatternError extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.name = 'PatternError';
    this.offset = offset;
  }
}

const maxLength = 1000;
const maxNesting = 50;
const maxRepeat = 1000;

/** Throws PatternError. */
export function parsePattern(text: string): Pattern {
  if (text.length > maxLength) throw new PatternError(`a pattern has at most ${maxLength} characters`, 0);
  const ignoreCase = text.startsWith('(?i)');
  const parser = new PatternParser(text, ignoreCase ? 4 : 0);
  const node = parser.either(0);
  parser.end();
  return { node, ignoreCase, groups: parser.groups };
}

class PatternParser {
  readonly #text: string;
  #at: number;
  groups = 0;

  constructor(text: string, at: number) {
    this.#text = text;
    this.#at = at;
  }

  either(nesting: number): PatternNode {
    if (nesting > maxNesting) this.#fail(`groups nested deeper than ${maxNesting}`);
    const nodes = [this.#sequence(nesting)];
    while (this.#take('|')) nodes.push(this.#sequence(nesting));
    return nodes.length === 1 && nodes[0] !== undefined ? nodes[0] : { kind: 'either', nodes };
  }

  end(): void {
    if (this.#at < this.#text.length) this.#fail('a ")" without "("');
  }

  #sequence(nesting: number): PatternNode {
    const nodes: PatternNode[] = [];
    for (let next = this.#peek(); next !== '' && next !== '|' && next !== ')'; next = this.#peek())
      nodes.push(this.#repeat(this.#atom(nesting)));
    return { kind: 'sequence', nodes };
  }

  #repeat(node: PatternNode): PatternNode {
    const start = this.#at;
    const [min, max] = this.#bounds();
    if (min === -1) return node;
    if (node.kind === 'start' || node.kind === 'end' || node.kind === 'boundary' || node.kind === 'inside')
      throw new PatternError('there is nothing to repeat', start);
    const lazy = this.#take('?');
    if (this.#bounds()[0] !== -1) throw new PatternError('there is nothing to repeat', start + 1);
    return { kind: 'repeat', node, min, max, lazy };
  }

  /** [-1, -1] when no quantifier stands here. */
  #bounds(): readonly [number, number] {
    if (this.#take('*')) return [0, Infinity];
    if (this.#take('+')) return [1, Infinity];
    if (this.#take('?')) return [0, 1];
    const match = /\{(\d{1,5})(?:(,)(\d{1,5})?)?\}/y;
    match.lastIndex = this.#at;
    const found = match.exec(this.#text);
    if (found === null) return [-1, -1];
    const min = Number(found[1]);
    const max = found[2] === undefined ? min : found[3] === undefined ? Infinity : Number(found[3]);
    if (min > max || min > maxRepeat || (max !== Infinity && max > maxRepeat))
      this.#fail(`expected counts up to ${maxRepeat}, the smaller first`);
    this.#at += found[0].length;
    return [min, max];
  }

  #atom(nesting: number): PatternNode {
    if (this.#take('(')) return this.#group(nesting);
    if (this.#take('[')) return this.#class();
    if (this.#take('.')) return lineBreaks;
    if (this.#take('^')) return { kind: 'start' };
    if (this.#take('$')) return { kind: 'end' };
    if (this.#take('\\')) return this.#escape();
    if (/[*+?]/.test(this.#peek())) this.#fail('there is nothing to repeat');
    const point = this.#text.codePointAt(this.#at) ?? 0;
    const char = String.fromCodePoint(point);
    this.#at += char.length;
    return literal(char);
  }

  #group(nesting: number): PatternNode {
    let index = 0;
    if (this.#take('?')) {
      if (!this.#take(':')) {
        const name = /<[A-Za-z_]\w*>/y;
        name.lastIndex = this.#at;
        const found = name.exec(this.#text);
        if (found === null)
          this.#fail('look-around is not possible in linear time: expected "(", "(?:" or "(?<name>"');
        this.#at += found[0].length;
        index = ++this.groups;
      }
    } else {
      index = ++this.groups;
    }
    const node = this.either(nesting + 1);
    if (!this.#take(')')) this.#fail('a ")" is missing');
    return index === 0 ? node : { kind: 'group', index, node };
  }

  #escape(): PatternNode {
    const char = this.#peek();
    if (char === 'b' || char === 'B') {
      this.#at++;
      return { kind: char === 'b' ? 'boundary' : 'inside' };
    }
    if (/[1-9k]/.test(char)) this.#fail('back-references are not possible in linear time');
    const set = this.#classEscape();
    if (set !== null) return set;
    return { kind: 'char', unit: this.#unitEscape() };
  }

  /** `\d`, `\S` and the like, behind the backslash. */
  #classEscape(): Extract<PatternNode, { kind: 'class' }> | null {
    const char = this.#peek();
    const ranges = sets.get(char.toLowerCase());
    if (char === '' || ranges === undefined) return null;
    this.#at++;
    return { kind: 'class', ranges, negated: char !== char.toLowerCase() };
  }

  #unitEscape(): number {
    const hex = /x([\da-fA-F]{2})|u([\da-fA-F]{4})/y;
    hex.lastIndex = this.#at;
    const found = hex.exec(this.#text);
    if (found !== null) {
      this.#at += found[0].length;
      return Number.parseInt(found[1] ?? found[2] ?? '', 16);
    }
    const char = this.#peek();
    const control = controls.get(char);
    if (control === undefined && (char === '' || /[A-Za-z0-9]/.test(char)))
      this.#fail(`unknown escape "\\${char}"`);
    this.#at++;
    return control ?? char.charCodeAt(0);
  }

  #class(): PatternNode {
    const negated = this.#take('^');
    const ranges: Range[] = [];
    while (!this.#take(']')) {
      const low = this.#classUnit(ranges);
      if (low === null) continue;
      if (this.#peek() !== '-' || this.#text[this.#at + 1] === ']') {
        ranges.push([low, low]);
        continue;
      }
      this.#at++;
      const high = this.#classUnit(ranges);
      if (high === null || high < low) this.#fail('expected a range such as a-z in a class');
      ranges.push([low, high]);
    }
    return { kind: 'class', ranges, negated };
  }

  /** One code unit; null for a set such as `\d`, which is added to the ranges. */
  #classUnit(ranges: Range[]): number | null {
    if (this.#at >= this.#text.length) this.#fail('a "]" is missing');
    if (this.#take('\\')) {
      const set = this.#classEscape();
      if (set === null) return this.#take('b') ? 8 : this.#unitEscape();
      ranges.push(...(set.negated ? complement(set.ranges) : set.ranges));
      return null;
    }
    const point = this.#text.codePointAt(this.#at) ?? 0;
    if (point > 0xffff) this.#fail('a class holds characters up to U+FFFF: write the others as (?:a|b)');
    this.#at++;
    return point;
  }

  #peek(): string {
    return this.#text[this.#at] ?? '';
  }

  #take(char: string): boolean {
    if (this.#text[this.#at] !== char) return false;
    this.#at++;
    return true;
  }

  #fail(message: string): never {
    throw new PatternError(message, this.#at);
  }
}

/** All but line breaks. */
const lineBreaks: PatternNode = {
  kind: 'class',
  negated: true,
  ranges: [
    [10, 10],
    [13, 13],
    [0x2028, 0x2029],
  ],
};

const sets: ReadonlyMap<string, readonly Range[]> = new Map<string, readonly Range[]>([
  ['d', [[48, 57]]],
  [
    'w',
    [
      [48, 57],
      [65, 90],
      [95, 95],
      [97, 122],
    ],
  ],
  [
    's',
    [
      [9, 13],
      [32, 32],
      [0xa0, 0xa0],
      [0x1680, 0x1680],
      [0x2000, 0x200a],
      [0x2028, 0x2029],
      [0x202f, 0x202f],
      [0x205f, 0x205f],
      [0x3000, 0x3000],
      [0xfeff, 0xfeff],
    ],
  ],
]);

const controls: ReadonlyMap<string, number> = new Map([
  ['n', 10],
  ['r', 13],
  ['t', 9],
  ['f', 12],
  ['v', 11],
  ['0', 0],
]);

function literal(char: string): PatternNode {
  const nodes = Array.from({ length: char.length }, (_, index): PatternNode => {
    return { kind: 'char', unit: char.charCodeAt(index) };
  });
  return nodes.length === 1 && nodes[0] !== undefined ? nodes[0] : { kind: 'sequence', nodes };
}

/** What is outside of ranges that are in order. */
function complement(ranges: readonly Range[]): Range[] {
  const outside: Range[] = [];
  let next = 0;
  for (const [low, high] of ranges) {
    if (low > next) outside.push([next, low - 1]);
    next = high + 1;
  }
  if (next <= 0xffff) outside.push([next, 0xffff]);
  return outside;
}
