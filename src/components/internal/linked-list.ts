export interface ListNode<T> {
  readonly value: T;
}

interface Link<T> extends ListNode<T> {
  before: Link<T> | null;
  after: Link<T> | null;
  list: LinkedList<T> | null;
}

/** A doubly linked list: O(1) at both ends and O(1) removal from the middle by the node that `push` returned. */
export class LinkedList<T> {
  #first: Link<T> | null = null;
  #last: Link<T> | null = null;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  get first(): ListNode<T> | null {
    return this.#first;
  }

  get last(): ListNode<T> | null {
    return this.#last;
  }

  /** The node after one of this list. */
  after(node: ListNode<T>): ListNode<T> | null {
    return isLink(node) ? node.after : null;
  }

  /** Append; the node is what `remove` takes. */
  push(value: T): ListNode<T> {
    const link: Link<T> = { value, before: null, after: null, list: null };
    this.#append(link);
    return link;
  }

  /** Append a node that is in no list (any more), so that what comes and goes often needs no new one. */
  pushAgain(node: ListNode<T>): void {
    if (isLink(node) && node.list === null) this.#append(node);
  }

  /** Put before a node of this list; the node is what `remove` takes. */
  insertBefore(next: ListNode<T>, value: T): ListNode<T> {
    if (!isLink(next) || next.list !== this) throw new RangeError('Expected a node of this list.');
    const link: Link<T> = { value, before: next.before, after: next, list: this };
    if (next.before === null) this.#first = link;
    else next.before.after = link;
    next.before = link;
    this.#length++;
    return link;
  }

  shift(): ListNode<T> | null {
    const link = this.#first;
    if (link !== null) this.#unlink(link);
    return link;
  }

  pop(): ListNode<T> | null {
    const link = this.#last;
    if (link !== null) this.#unlink(link);
    return link;
  }

  /** Take a node out; false when it is not (or no longer) in this list. */
  remove(node: ListNode<T>): boolean {
    if (!isLink(node) || node.list !== this) return false;
    this.#unlink(node);
    return true;
  }

  #append(link: Link<T>): void {
    link.before = this.#last;
    link.list = this;
    if (this.#last === null) this.#first = link;
    else this.#last.after = link;
    this.#last = link;
    this.#length++;
  }

  #unlink(link: Link<T>): void {
    if (link.before === null) this.#first = link.after;
    else link.before.after = link.after;
    if (link.after === null) this.#last = link.before;
    else link.after.before = link.before;
    link.before = null;
    link.after = null;
    link.list = null;
    this.#length--;
  }
}

function isLink<T>(node: ListNode<T>): node is Link<T> {
  return 'list' in node;
}
