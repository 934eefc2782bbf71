import { createReadStream } from 'node:fs';
import { PerfkitError } from '../../model/errors.ts';

/** A header with thousands of targets, or a full histogram, is far below it. */
const maxLineBytes = 4 * 1024 * 1024;

export interface Line {
  readonly text: string;
  /** 1-based. */
  readonly number: number;
}

/**
 * The lines of a file that end with a newline, one at a time: what stands behind the last one was torn off and is
 * left out. Holds one piece of the file and one line. Throws PerfkitError on a line over 4 MiB, and what the file
 * system throws.
 */
export async function* readLines(file: string): AsyncGenerator<Line, void, void> {
  let rest: Buffer = Buffer.alloc(0);
  let number = 0;
  for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024 })) {
    if (!(chunk instanceof Buffer)) continue;
    const piece = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let start = 0;
    for (let end = piece.indexOf(newline); end >= 0; end = piece.indexOf(newline, start)) {
      number++;
      if (end - start > maxLineBytes) throw tooLong(file, number);
      yield { text: piece.toString('utf8', start, end), number };
      start = end + 1;
    }
    rest = piece.subarray(start);
    if (rest.length > maxLineBytes) throw tooLong(file, number + 1);
  }
}

function tooLong(file: string, number: number): PerfkitError {
  return new PerfkitError('result', `${file}:${number}: a line is longer than ${maxLineBytes} bytes`);
}

const newline = 0x0a;
