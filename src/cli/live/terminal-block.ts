import type { EventEmitter } from 'node:events';

/** What of a terminal's stream is used. */
export interface TerminalStream extends EventEmitter {
  readonly columns?: number;
  readonly writableNeedDrain: boolean;
  write: NodeJS.WriteStream['write'];
}

/** The process that the terminal belongs to; a stand-in in tests. */
export interface TerminalOwner extends EventEmitter {
  readonly pid: number;
  kill(pid: number, signal: NodeJS.Signals): boolean;
}

export interface TextLine {
  readonly text: string;
  /** Columns that it takes. */
  readonly width: number;
}

const hideCursor = '\u001b[?25l';
const showCursor = '\u001b[?25h';
const clearLine = '\u001b[K';
const clearBelow = '\u001b[J';

/**
 * A block of lines at the end of a terminal that is drawn over in place. What anybody else writes to the stream goes
 * above it. The cursor is hidden while the block stands, and shown again on every way out: `close`, the end of the
 * process, a stop (Ctrl-Z) or SIGQUIT.
 */
export class TerminalBlock {
  readonly #stream: TerminalStream;
  readonly #owner: TerminalOwner;
  readonly #write: TerminalStream['write'];
  /** Widths of the lines that stand there. */
  #widths: readonly number[] = [];
  #latest: readonly TextLine[] = [];
  #hidden = false;
  /** What somebody else wrote last did not end its line. */
  #midLine = false;
  #closed = false;

  constructor(stream: TerminalStream, owner: TerminalOwner) {
    this.#stream = stream;
    this.#owner = owner;
    this.#write = stream.write.bind(stream);
    stream.write = this.#foreignWrite;
    owner.on('exit', this.#exit);
    owner.on('SIGTSTP', this.#pause);
    owner.on('SIGCONT', this.#resume);
    owner.on('SIGQUIT', this.#quit);
  }

  /** Show these lines instead of those before; skipped while the terminal does not keep up. */
  draw(lines: readonly TextLine[]): void {
    this.#latest = lines;
    if (this.#closed || this.#stream.writableNeedDrain) return;
    const start = `${this.#hidden ? '' : hideCursor}${this.#midLine ? '\n' : ''}${this.#up()}`;
    this.#write(`${start}${lines.map(({ text }) => `${text}${clearLine}\n`).join('')}${clearBelow}`);
    this.#hidden = true;
    this.#midLine = false;
    this.#widths = lines.map(({ width }) => width);
  }

  /** Remove the block and leave the terminal as it was; the block cannot be drawn again. */
  close(): void {
    if (this.#closed) return;
    this.#erase();
    this.#closed = true;
    this.#stream.write = this.#write;
    this.#owner.off('exit', this.#exit);
    this.#owner.off('SIGTSTP', this.#pause);
    this.#owner.off('SIGCONT', this.#resume);
    this.#owner.off('SIGQUIT', this.#quit);
  }

  /** To the first column of the block's first line; a terminal that became narrower has wrapped its lines. */
  #up(): string {
    const columns = Math.max(1, this.#stream.columns ?? 80);
    const height = this.#widths.reduce((sum, width) => sum + Math.max(1, Math.ceil(width / columns)), 0);
    return height === 0 ? '' : `\u001b[${height}A\r`;
  }

  #erase(): void {
    if (!this.#hidden) return;
    this.#write(`${this.#up()}${clearBelow}${showCursor}`);
    this.#widths = [];
    this.#hidden = false;
  }

  readonly #foreignWrite: TerminalStream['write'] = (
    chunk: string | Uint8Array,
    encoding?: BufferEncoding | ((error?: Error | null) => void),
    done?: (error?: Error | null) => void,
  ): boolean => {
    if (chunk.length > 0) {
      this.#erase();
      this.#midLine = chunk.at(-1) !== (typeof chunk === 'string' ? '\n' : 0x0a);
    }
    return typeof encoding === 'function' ? this.#write(chunk, encoding) : this.#write(chunk, encoding, done);
  };

  readonly #exit = (): void => this.close();

  readonly #pause = (): void => {
    this.#erase();
    this.#owner.kill(this.#owner.pid, 'SIGSTOP');
  };

  readonly #resume = (): void => this.draw(this.#latest);

  /** Ends the process as the signal does by itself, once nobody listens. */
  readonly #quit = (): void => {
    this.close();
    this.#owner.kill(this.#owner.pid, 'SIGQUIT');
  };
}
