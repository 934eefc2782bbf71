import type { Tags } from '../../model/interval.ts';

/** A page of metrics: declared types, and samples in their order. */
export interface Exposition {
  /** Family to its type (`counter`, `gauge`, `histogram`, `summary`, `untyped`, ...). */
  readonly types: ReadonlyMap<string, string>;
  readonly samples: readonly ExpositionSample[];
}

export interface ExpositionSample {
  readonly name: string;
  readonly labels: Tags;
  /** May be NaN or infinite. */
  readonly value: number;
}

const maxLines = 100_000;
const maxLineChars = 16_384;
const maxLabels = 64;

/**
 * Read the text format of Prometheus, version 0.0.4 ("Exposition formats"), and what OpenMetrics 1.0 adds to its lines.
 * Strict: one line that is wrong makes the page wrong. Takes time in proportion to the text. Throws SyntaxError with the
 * number of the line.
 */
export function parseExposition(text: string): Exposition {
  const types = new Map<string, string>();
  const samples: ExpositionSample[] = [];
  let number = 0;
  for (let at = 0; at < text.length;) {
    const end = text.indexOf('\n', at);
    const stop = end === -1 ? text.length : end;
    number += 1;
    if (number > maxLines) throw new SyntaxError(`expected at most ${maxLines} lines`);
    if (stop - at > maxLineChars)
      throw new SyntaxError(`line ${number}: expected at most ${maxLineChars} characters, got ${stop - at}`);
    const line = text.slice(at, text[stop - 1] === '\r' ? stop - 1 : stop);
    at = stop + 1;
    if (line.startsWith('#')) readComment(line, types);
    else if (line.trim() !== '') samples.push(new LineReader(line, number).sample());
  }
  return { types, samples };
}

/** Only types mean something to us. */
function readComment(line: string, types: Map<string, string>): void {
  const [, name, type] = /^#[ \t]+TYPE[ \t]+([A-Za-z_:][\w:]*)[ \t]+(\w+)[ \t]*$/.exec(line) ?? [];
  if (name !== undefined && type !== undefined) types.set(name, type);
}

/** A cursor over one sample: `name{label="value",...} value [timestamp] [# exemplar]`. */
class LineReader {
  readonly #line: string;
  readonly #number: number;
  #at = 0;

  constructor(line: string, number: number) {
    this.#line = line;
    this.#number = number;
  }

  sample(): ExpositionSample {
    this.#take(/[ \t]*/y);
    const name = this.#take(/[A-Za-z_:][\w:]*/y) ?? this.#fail('the name of a metric');
    this.#take(/[ \t]*/y);
    const labels = this.#take(/\{[ \t]*/y) === null ? {} : this.#labels();
    this.#take(/[ \t]+/y);
    const value = readNumber(this.#take(/[^ \t]+/y) ?? '') ?? this.#fail('a number', 'value');
    if (this.#take(/[ \t]+-?\d+(?:\.\d+)?(?=[ \t]|$)/y) !== null) this.#take(/[ \t]+(?=#|$)/y);
    // OpenMetrics: an exemplar
    this.#take(/[ \t]*#[ \t]*\{.*/y);
    this.#take(/[ \t]+/y);
    if (this.#at < this.#line.length) this.#fail('a timestamp or the end of the line');
    return { name, labels, value };
  }

  #labels(): Tags {
    const labels = new Map<string, string>();
    while (this.#take(/\}/y) === null) {
      const name = this.#take(/[A-Za-z_]\w*/y) ?? this.#fail('the name of a label');
      if (this.#take(/[ \t]*=[ \t]*/y) === null) this.#fail(`"=" after the label ${name.slice(0, 60)}`);
      const quoted = this.#take(/"(?:[^"\\]|\\.)*"/y) ?? this.#fail('a value in quotes');
      if (labels.has(name)) this.#fail(`each label once, and ${name.slice(0, 60)} comes again`);
      if (labels.size >= maxLabels) this.#fail(`at most ${maxLabels} labels`);
      labels.set(name, unescape(quoted));
      this.#take(/[ \t]*/y);
      if (this.#take(/,[ \t]*/y) === null && this.#line[this.#at] !== '}') this.#fail('"," or "}"');
    }
    // own properties even for `__proto__`
    return Object.fromEntries(labels);
  }

  #take(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#line);
    if (match === null) return null;
    this.#at += match[0].length;
    return match[0];
  }

  #fail(expected: string, got: 'rest' | 'value' = 'rest'): never {
    const from = got === 'rest' ? this.#at : 0;
    const rest = this.#line.slice(from, from + 60);
    throw new SyntaxError(
      `line ${this.#number}: expected ${expected}, got ${rest === '' ? 'the end of the line' : JSON.stringify(rest)}`,
    );
  }
}

function unescape(quoted: string): string {
  return quoted.slice(1, -1).replace(/\\(.)/g, (all, char: string) => {
    if (char === 'n') return '\n';
    return char === '\\' || char === '"' ? char : all;
  });
}

/** As Go's ParseFloat writes them; null for no number. */
function readNumber(text: string): number | null {
  if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text)) return Number(text);
  if (/^[+-]?inf(?:inity)?$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  return /^nan$/i.test(text) ? Number.NaN : null;
}
