import { PerfkitError } from '../../../model/errors.ts';

export interface ShellWord {
  readonly text: string;
  /** 1-based line where it starts. */
  readonly line: number;
}

/** What a word holds in place of a shell variable. */
type Variable = (name: string) => string;

/**
 * The commands of a POSIX shell text as words: quotes of all three kinds, `$'..'`, continued lines, comments,
 * redirections (left out). Nothing is run or read: `$NAME` becomes what `variable` gives, `$(..)` and here-documents
 * are refused. Throws PerfkitError with the line.
 */
export function shellCommands(text: string, file: string, variable: Variable): ShellWord[][] {
  return new Shell(text, file, variable).commands();
}

class Shell {
  readonly #text: string;
  readonly #file: string;
  readonly #variable: Variable;
  #at = 0;
  #line = 1;
  #word: string | null = null;
  #wordLine = 1;
  #isRedirected = false;
  #words: ShellWord[] = [];
  readonly #commands: ShellWord[][] = [];

  constructor(text: string, file: string, variable: Variable) {
    this.#text = text.replaceAll('\r\n', '\n');
    this.#file = file;
    this.#variable = variable;
  }

  commands(): ShellWord[][] {
    while (this.#at < this.#text.length) this.#step(this.#next());
    this.#endCommand();
    return this.#commands;
  }

  #step(char: string): void {
    if (char === ' ' || char === '\t') this.#endWord();
    else if (char === '\n' || char === ';' || char === '&' || char === '|') this.#endCommand();
    else if (char === '#' && this.#word === null) this.#skipTo('\n');
    else if (char === '<' || char === '>') this.#redirect(char);
    else if (char === '\\') this.#escape();
    else if (char === "'") this.#append(this.#upTo("'"));
    else if (char === '"') this.#doubleQuoted();
    else if (char === '`') throw this.fail('expected no command in backquotes: write its output');
    else if (char === '$') this.#dollar(true);
    else if (char === '^' && /["\n]/.test(this.#text[this.#at] ?? ''))
      throw this.fail('this was copied for the Windows command prompt: choose "Copy as cURL (bash)" instead');
    else this.#append(char);
  }

  fail(message: string): PerfkitError {
    return new PerfkitError('scenario', `${this.#file}:${this.#line}: ${message}`);
  }

  #next(): string {
    const char = this.#text[this.#at++] ?? '';
    if (char === '\n') this.#line++;
    return char;
  }

  #append(text: string): void {
    if (this.#word === null) this.#wordLine = this.#line;
    this.#word = (this.#word ?? '') + text;
  }

  #endWord(): void {
    if (this.#word === null) return;
    if (!this.#isRedirected) this.#words.push({ text: this.#word, line: this.#wordLine });
    this.#isRedirected = false;
    this.#word = null;
  }

  #endCommand(): void {
    this.#endWord();
    this.#isRedirected = false;
    if (this.#words.length > 0) this.#commands.push(this.#words);
    this.#words = [];
  }

  #skipTo(end: string): void {
    const found = this.#text.indexOf(end, this.#at);
    this.#at = found === -1 ? this.#text.length : found;
  }

  /** `2> file`, `>&1`: neither the number nor the file is a word of the command. */
  #redirect(char: string): void {
    if (char === '<' && this.#text[this.#at] === '<')
      throw this.fail('expected no here-document (<<): write the body after --data-raw');
    if (this.#word !== null && /^\d+$/.test(this.#word)) this.#word = null;
    this.#endWord();
    while (/[>&|]/.test(this.#text[this.#at] ?? '')) this.#at++;
    this.#isRedirected = true;
  }

  #escape(): void {
    const char = this.#next();
    if (char !== '\n') this.#append(char);
  }

  /** Everything up to the quote that ends it. */
  #upTo(quote: string): string {
    const end = this.#text.indexOf(quote, this.#at);
    if (end === -1) throw this.fail(`expected ${quote} to end what a ${quote} starts here`);
    const inside = this.#text.slice(this.#at, end);
    this.#at = end + 1;
    // The line of the word is where it starts.
    if (this.#word === null) this.#append('');
    this.#line += inside.split('\n').length - 1;
    return inside;
  }

  #doubleQuoted(): void {
    this.#append('');
    const start = this.#line;
    while (this.#at < this.#text.length) {
      const char = this.#next();
      if (char === '"') return;
      if (char === '\\') {
        const escaped = this.#next();
        if (escaped !== '\n') this.#append(/[$`"\\]/.test(escaped) ? escaped : `\\${escaped}`);
      } else if (char === '$') this.#dollar(false);
      else if (char === '`') throw this.fail('expected no command in backquotes: write its output');
      else this.#append(char);
    }
    throw new PerfkitError('scenario', `${this.#file}:${start}: expected " to end what a " starts here`);
  }

  #dollar(mayQuote: boolean): void {
    const rest = this.#text.slice(this.#at, this.#at + 210);
    if (mayQuote && rest.startsWith("'")) {
      this.#at++;
      this.#ansiQuoted();
      return;
    }
    if (mayQuote && rest.startsWith('"')) return;
    if (rest.startsWith('(')) throw this.fail('expected no command as in $(..): write its output');
    const [whole, bare, braced] = /^([A-Za-z_]\w{0,99})|^\{([A-Za-z_]\w{0,99})\}/.exec(rest) ?? [];
    if (whole === undefined) {
      if (rest.startsWith('{')) throw this.fail('expected a plain variable such as ${NAME}');
      this.#append('$');
      return;
    }
    this.#at += whole.length;
    this.#append(this.#variable(bare ?? braced ?? ''));
  }

  /** `$'..'`, as bash reads it. */
  #ansiQuoted(): void {
    this.#append('');
    const start = this.#line;
    const parts: string[] = [];
    for (;;) {
      const char = this.#next();
      if (char === '')
        throw new PerfkitError('scenario', `${this.#file}:${start}: expected ' to end what a $' starts here`);
      if (char === "'") break;
      parts.push(char === '\\' ? this.#ansiEscape() : char);
    }
    this.#append(parts.join(''));
  }

  #ansiEscape(): string {
    const rest = this.#text.slice(this.#at, this.#at + 10);
    const [code, hex2, hex4, hex8, octal] =
      /^(?:x([\da-fA-F]{1,2})|u([\da-fA-F]{1,4})|U([\da-fA-F]{1,8})|([0-7]{1,3}))/.exec(rest) ?? [];
    if (code !== undefined) {
      this.#at += code.length;
      const point =
        octal === undefined ? parseInt(hex2 ?? hex4 ?? hex8 ?? '0', 16) : parseInt(octal, 8) & 0xff;
      if (point > 0x10ffff) throw this.fail('expected a character up to \\U0010ffff');
      return String.fromCodePoint(point);
    }
    const char = this.#next();
    return ansiEscapes.get(char) ?? (`'"?\\`.includes(char) ? char : `\\${char}`);
  }
}

const ansiEscapes: ReadonlyMap<string, string> = new Map([
  ['a', '\u0007'],
  ['b', '\b'],
  ['e', '\u001b'],
  ['E', '\u001b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
]);
