const kept = 5;
const maxLineLength = 300;

export interface LineTail {
  /** Pass a piece of output on. */
  readonly add: (chunk: Buffer) => void;
  /** The last few lines with anything in them; lines of a stack trace are left out. */
  lines(): string[];
}

/** Passes a process's output on and remembers its end, for an error message. */
export function createLineTail(output: { write(chunk: Buffer): unknown }): LineTail {
  let text = '';
  return {
    add(chunk) {
      output.write(chunk);
      text = (text + chunk.toString('utf8')).slice(-16_384);
    },
    lines() {
      return text
        .split(/\r?\n/)
        .filter((line) => line.trim() !== '' && !/^\s+at |^Node\.js v\d/.test(line))
        .slice(-kept)
        .map((line) => line.replace(/[\p{Cc}\p{Cf}]+/gu, ' ').slice(0, maxLineLength));
    },
  };
}
