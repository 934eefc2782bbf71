/** Requests that are no steps, by reason. */
export class LeftOut {
  readonly #byReason = new Map<string, string[]>();

  add(reason: string, what: string): void {
    const known = this.#byReason.get(reason);
    if (known === undefined) this.#byReason.set(reason, [what]);
    else known.push(what);
  }

  sentences(): string[] {
    return Array.from(this.#byReason, ([reason, all]) => {
      const shown = [...new Set(all)].slice(0, 5);
      const more = new Set(all).size > shown.length ? ', ...' : '';
      return `Left out, ${all.length} ${all.length === 1 ? 'request' : 'requests'} (${reason}): ${shown.join(', ')}${more}.`;
    });
  }
}
