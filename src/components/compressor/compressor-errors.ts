/** Decompression stopped at its limit: the input may be a decompression bomb. */
export class OutputTooLargeError extends RangeError {
  readonly maxOutputBytes: number;

  constructor(codec: string, inputBytes: number, maxOutputBytes: number, options?: ErrorOptions) {
    super(
      `Expected ${inputBytes} bytes of ${codec} data to hold at most ${maxOutputBytes} bytes (\`maxOutputBytes\`), got more: ` +
        'raise the limit if the source is trusted.',
      options,
    );
    this.name = 'OutputTooLargeError';
    this.maxOutputBytes = maxOutputBytes;
  }
}

/** The input is not one complete value of the format. */
export class CorruptInputError extends Error {
  constructor(codec: string, inputBytes: number, problem: string, options?: ErrorOptions) {
    super(`Expected ${inputBytes} bytes to be complete ${codec} data, got ${problem}.`, options);
    this.name = 'CorruptInputError';
  }
}

/** Packed data was made with a dictionary, and this compressor has none. */
export class MissingDictionaryError extends Error {
  constructor(codec: string) {
    super(
      `Expected a \`dictionary\` for ${codec} data that was packed with one, got none: ` +
        'create the compressor with the same dictionary.',
    );
    this.name = 'MissingDictionaryError';
  }
}
