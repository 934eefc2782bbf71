import type { JsonPath } from '../../../model/exchange-plan.ts';

/** Where a value stands in JSON text. */
export interface JsonRange {
  readonly start: number;
  readonly end: number;
}

/** Deeper than any reply that is meant to be read; hostile ones go on for millions. */
const maxDepth = 512;

/**
 * The first value at a path in JSON text (UTF-8), null when there is none. Nothing is built on the way, so a hostile
 * document costs no memory, and nothing behind the value is read. Of members with one name the first counts.
 * Throws SyntaxError for text that is no JSON (RFC 8259) up to there, or nested deeper than 512.
 */
export function findJson(text: Uint8Array, path: JsonPath): JsonRange | null {
  const scan = new JsonScanner(text);
  scan.space();
  return scan.find(path, 0, 0);
}

/** A cursor over JSON text. Recursion is as deep as the text, which is bounded. */
class JsonScanner {
  readonly #text: Uint8Array;
  #at = 0;

  constructor(text: Uint8Array) {
    this.#text = text;
    // a byte order mark is no JSON, but sent
    if (text[0] === 0xef && text[1] === 0xbb && text[2] === 0xbf) this.#at = 3;
  }

  /** Look for path[from..] in the value here. After null the cursor is behind the value. */
  find(path: JsonPath, from: number, depth: number): JsonRange | null {
    const part = path[from];
    const start = this.#at;
    if (part === undefined) {
      this.#skip(depth);
      return { start, end: this.#at };
    }
    const first = this.#text[start];
    if (first === openBracket && typeof part !== 'string') return this.#findElement(path, from, depth + 1);
    if (first === openBrace && typeof part !== 'number') return this.#findMember(path, from, depth + 1);
    this.#skip(depth);
    return null;
  }

  space(): void {
    while (isSpace(this.#text[this.#at])) this.#at++;
  }

  #findElement(path: JsonPath, from: number, depth: number): JsonRange | null {
    const part = path[from];
    const wanted = typeof part === 'number' && part < 0 ? part + this.#count(depth) : part;
    let found: JsonRange | null = null;
    this.#elements(depth, (index) => {
      if (wanted === null || index === wanted) found = this.find(path, from + 1, depth);
      else this.#skip(depth);
      return found === null;
    });
    return found;
  }

  #findMember(path: JsonPath, from: number, depth: number): JsonRange | null {
    const name = path[from];
    let found: JsonRange | null = null;
    let passed = false;
    this.#members(depth, (isName) => {
      if (name === null || (!passed && typeof name === 'string' && isName(name))) {
        passed = true;
        found = this.find(path, from + 1, depth);
      } else {
        this.#skip(depth);
      }
      return found === null;
    });
    return found;
  }

  /** How many elements the list here has; the cursor stays. */
  #count(depth: number): number {
    const start = this.#at;
    let count = 0;
    this.#elements(depth, () => {
      this.#skip(depth);
      count++;
      return true;
    });
    this.#at = start;
    return count;
  }

  /** Call `visit` with the cursor at each element, which it passes over; it returns whether to go on. */
  #elements(depth: number, visit: (index: number) => boolean): void {
    if (depth > maxDepth) throw new SyntaxError(`nested deeper than ${maxDepth}`);
    this.#at++;
    this.space();
    if (this.#text[this.#at] === closeBracket) {
      this.#at++;
      return;
    }
    for (let index = 0; ; index++) {
      if (!visit(index)) return;
      this.space();
      const byte = this.#text[this.#at];
      if (byte !== comma && byte !== closeBracket) this.#fail();
      this.#at++;
      if (byte === closeBracket) return;
      this.space();
    }
  }

  #members(depth: number, visit: (isName: (name: string) => boolean) => boolean): void {
    if (depth > maxDepth) throw new SyntaxError(`nested deeper than ${maxDepth}`);
    this.#at++;
    this.space();
    if (this.#text[this.#at] === closeBrace) {
      this.#at++;
      return;
    }
    for (;;) {
      if (this.#text[this.#at] !== quote) this.#fail();
      const start = this.#at;
      this.#string();
      const end = this.#at;
      this.space();
      if (this.#text[this.#at++] !== colon) this.#fail();
      this.space();
      if (!visit((name) => this.#isName(start, end, name))) return;
      this.space();
      const byte = this.#text[this.#at];
      if (byte !== comma && byte !== closeBrace) this.#fail();
      this.#at++;
      if (byte === closeBrace) return;
      this.space();
    }
  }

  /** Whether the string in text[start..end), quotes included, is the name. */
  #isName(start: number, end: number, name: string): boolean {
    // most names are plain ASCII: compare as they stand, and decode only what may be written in another way
    if (end - start - 2 === name.length) {
      let index = 0;
      while (index < name.length && this.#text[start + 1 + index] === name.charCodeAt(index)) index++;
      if (index === name.length && !name.includes('\\')) return true;
    }
    for (let index = start + 1; index < end - 1; index++) {
      const byte = this.#text[index] ?? 0;
      if (byte === backslash || byte > 0x7f) return jsonAt(this.#text, { start, end }) === name;
    }
    return false;
  }

  #skip(depth: number): void {
    const byte = this.#text[this.#at];
    if (byte === quote) this.#string();
    else if (byte === openBrace) {
      this.#members(depth + 1, () => {
        this.#skip(depth + 1);
        return true;
      });
    } else if (byte === openBracket) {
      this.#elements(depth + 1, () => {
        this.#skip(depth + 1);
        return true;
      });
    } else if (byte === minus || isDigit(byte)) this.#number();
    else this.#word();
  }

  #string(): void {
    const text = this.#text;
    let at = this.#at + 1;
    for (;;) {
      const byte = text[at++];
      if (byte === quote) break;
      if (byte === undefined || byte < 0x20) this.#fail();
      if (byte !== backslash) continue;
      const escaped = text[at++];
      if (escaped === 0x75) {
        for (let digit = 0; digit < 4; digit++) if (!isHex(text[at++])) this.#fail();
      } else if (escaped === undefined || !escapes.includes(escaped)) this.#fail();
    }
    this.#at = at;
  }

  #number(): void {
    if (this.#text[this.#at] === minus) this.#at++;
    if (this.#text[this.#at] === zero) this.#at++;
    else this.#digits();
    if (this.#text[this.#at] === 0x2e) {
      this.#at++;
      this.#digits();
    }
    const byte = this.#text[this.#at];
    if (byte !== 0x65 && byte !== 0x45) return;
    this.#at++;
    const sign = this.#text[this.#at];
    if (sign === minus || sign === 0x2b) this.#at++;
    this.#digits();
  }

  #digits(): void {
    if (!isDigit(this.#text[this.#at])) this.#fail();
    while (isDigit(this.#text[this.#at])) this.#at++;
  }

  #word(): void {
    const word = words.find((one) => one.every((byte, index) => this.#text[this.#at + index] === byte));
    if (word === undefined) this.#fail();
    this.#at += word.length;
  }

  #fail(): never {
    const what = this.#at >= this.#text.length ? 'it ends too early' : `unexpected byte at ${this.#at}`;
    throw new SyntaxError(what);
  }
}

/** The value in a range that `findJson` returned. */
export function jsonAt(text: Uint8Array, { start, end }: JsonRange): unknown {
  return JSON.parse(Buffer.from(text.buffer, text.byteOffset + start, end - start).toString('utf8'));
}

const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const comma = 0x2c;
const colon = 0x3a;
const quote = 0x22;
const backslash = 0x5c;
const minus = 0x2d;
const zero = 0x30;
const escapes: readonly number[] = Array.from('"\\/bfnrt', (char) => char.charCodeAt(0));
const words = ['true', 'false', 'null'].map((word) => Array.from(word, (char) => char.charCodeAt(0)));

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

function isHex(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  const letter = byte | 0x20;
  return isDigit(byte) || (letter >= 0x61 && letter <= 0x66);
}
