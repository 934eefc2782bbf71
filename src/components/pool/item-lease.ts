import { NotBorrowedError } from './pool-errors.ts';
import type { Lease } from './pool.ts';

/** A lease that ends once; `giveBack` throws when the resource is no longer borrowed by this borrower. */
export class ItemLease<T> implements Lease<T> {
  readonly resource: T;
  readonly #giveBack: (broken: boolean) => void;
  #ended = false;

  constructor(resource: T, giveBack: (broken: boolean) => void) {
    this.resource = resource;
    this.#giveBack = giveBack;
  }

  release(): void {
    this.#end(false);
  }

  discard(): void {
    this.#end(true);
  }

  [Symbol.dispose](): void {
    if (!this.#ended) this.#end(false);
  }

  #end(broken: boolean): void {
    if (this.#ended) throw new NotBorrowedError('was given back already: its lease has ended');
    this.#ended = true;
    this.#giveBack(broken);
  }
}
