import type { ErrorSlice } from '../../model/interval.ts';

const maxClasses = 50;
const maxExampleLength = 300;

/** Failed operations by class (the error's name), with the first one of each as an example. */
export class ErrorTally {
  readonly #classes = new Map<
    string,
    { count: number; readonly operation: string; readonly example: string }
  >();
  #total = 0;

  /** Operations that failed. */
  get total(): number {
    return this.#total;
  }

  add(error: unknown, operation: string): void {
    this.#total++;
    const name = className(error);
    const key = `${operation}\n${this.#classes.size < maxClasses ? name : 'other'}`;
    const known = this.#classes.get(`${operation}\n${name}`) ?? this.#classes.get(key);
    if (known === undefined) this.#classes.set(key, { count: 1, operation, example: exampleOf(error) });
    else known.count++;
  }

  reset(): void {
    this.#classes.clear();
    this.#total = 0;
  }

  /** `withOperation`: tell the operations apart by the tag `op`. */
  slices(withOperation: boolean): ErrorSlice[] {
    return Array.from(this.#classes, ([key, { count, operation, example }]) => ({
      class: key.slice(operation.length + 1),
      tags: withOperation ? { op: operation } : {},
      count,
      example,
    }));
  }
}

function className(error: unknown): string {
  if (error instanceof Error) return error.name || 'Error';
  // An error of another realm (a vm context) is no instance of ours but names itself alike.
  if (typeof error === 'object' && error !== null && 'name' in error && typeof error.name === 'string')
    return error.name;
  return `thrown ${error === null ? 'null' : typeof error}`;
}

function exampleOf(error: unknown): string {
  return printable(describe(error)).slice(0, maxExampleLength);
}

function describe(error: unknown): string {
  try {
    if (typeof error === 'object' && error !== null && 'message' in error) return String(error.message);
    return String(error);
  } catch {
    return 'an object that cannot be shown';
  }
}

/** Control characters (terminal sequences among them) and runs of spaces become one space. */
function printable(text: string): string {
  return text.replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ').trim();
}
