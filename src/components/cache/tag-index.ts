import { expected } from '../internal/option-checks.ts';

/** Most tags of one entry. */
const mostTags = 100;

/** Which slots have which tags, both ways. Everything is O(tags of the entry), or O(entries of the tag). */
export class TagIndex {
  readonly #slots = new Map<string, Set<number>>();
  readonly #tags = new Map<number, readonly string[]>();

  /** In place of the tags that the slot has. */
  put(slot: number, tags: readonly string[]): void {
    this.remove(slot);
    if (tags.length === 0) return;
    this.#tags.set(slot, tags);
    for (const tag of tags) {
      const slots = this.#slots.get(tag);
      if (slots === undefined) this.#slots.set(tag, new Set([slot]));
      else slots.add(slot);
    }
  }

  remove(slot: number): void {
    const tags = this.#tags.get(slot);
    if (tags === undefined) return;
    this.#tags.delete(slot);
    for (const tag of tags) {
      const slots = this.#slots.get(tag);
      if (slots?.delete(slot) === true && slots.size === 0) this.#slots.delete(tag);
    }
  }

  /** The slots with the tag; they may be removed while they are walked through. */
  slotsOf(tag: string): Iterable<number> {
    return this.#slots.get(tag) ?? [];
  }
}

/** Tags, each once; throws TypeError or RangeError on what is no list of at most 100 strings. */
export function tagsOption(value: readonly string[] | undefined): readonly string[] {
  if (value === undefined) return noTags;
  if (!Array.isArray(value)) throw new TypeError(expected('tags', 'an array of strings', value));
  if (value.length > mostTags)
    throw new RangeError(expected('tags.length', `at most ${mostTags}`, value.length));
  for (const tag of value) tagOption(tag);
  return value.length === 0 ? noTags : [...new Set(value)];
}

/** A tag; throws TypeError on what is none. */
export function tagOption(tag: string): string {
  if (typeof tag === 'string') return tag;
  throw new TypeError(expected('tag', 'a string', tag));
}

const noTags: readonly string[] = [];
