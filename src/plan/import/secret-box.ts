import { PerfkitError } from '../../model/errors.ts';
import { jsonEscape } from '../../model/secrets.ts';
import { tokenShapes } from './secret-names.ts';

interface Held {
  /** Of the environment variable. */
  readonly name: string;
  /** Null: only its name is known. */
  readonly value: string | null;
  readonly placeholder: string;
}

interface HeldForm {
  readonly form: string;
  readonly placeholder: string;
}

/** Shorter values are hidden where they are found by name, but not looked for elsewhere: "1" stands everywhere. */
const minSweptChars = 8;
const maxSecrets = 300;

/**
 * Values that must not be written. Each becomes a placeholder of letters and digits, which survives the parsing and
 * encoding of URLs, forms and JSON, and in the end a reference to an environment variable. All variables start with
 * `LOAD_`: a file from elsewhere must not be able to name one that is set already (AWS_SECRET_ACCESS_KEY).
 */
export class SecretBox {
  readonly #prefix: string;
  readonly #held: Held[] = [];
  readonly #byValue = new Map<string, Held>();
  readonly #names = new Set<string>();
  #forms: Map<string, HeldForm[]> | null = null;

  /** `input`: the text that is imported; no placeholder stands in it. */
  constructor(input: string) {
    let prefix = 'perfkitsecret';
    while (input.includes(prefix)) prefix += 'x';
    this.#prefix = prefix;
  }

  /** What to write in place of `value`; nothing for an empty one. `name` becomes the variable's, numbered where it is taken. */
  hold(name: string, value: string): string {
    if (value === '' || this.#isPlaceholder(value)) return value;
    const known = this.#byValue.get(value);
    if (known !== undefined) return known.placeholder;
    const held = this.#add(this.#freeName(name), value);
    this.#byValue.set(value, held);
    return held.placeholder;
  }

  /** What to write for a value that is not known: a shell variable, a key that a description asks for. */
  refer(name: string): string {
    const variable = variableName(name);
    const known = this.#held.find((held) => held.name === variable && held.value === null);
    return (known ?? this.#add(this.#freeName(name), null)).placeholder;
  }

  /** Whether a placeholder stands in the text. */
  isIn(text: string): boolean {
    return text.includes(this.#prefix);
  }

  /** The text without any value that is held, in whichever encoding, and without what has the shape of a well-known token. */
  sweep(text: string): string {
    for (const shape of tokenShapes) for (const [token] of text.matchAll(shape)) this.hold('token', token);
    this.#forms ??= this.#createForms();
    let swept = '';
    let end = 0;
    for (let at = 0; at <= text.length - minSweptChars; at++) {
      if (text.startsWith(this.#prefix, at)) at += this.#prefix.length;
      const found = this.#forms
        .get(text.slice(at, at + minSweptChars))
        ?.find(({ form }) => text.startsWith(form, at));
      if (found === undefined) continue;
      swept += text.slice(end, at) + found.placeholder;
      end = at + found.form.length;
      at = end - 1;
    }
    return swept + text.slice(end);
  }

  /** The text with `show(variable)` for every placeholder. */
  reveal(text: string, show: (name: string) => string): string {
    return text.replace(new RegExp(`${this.#prefix}(\\d{4})z`, 'g'), (whole, index: string) => {
      const held = this.#held[Number(index)];
      return held === undefined ? whole : show(held.name);
    });
  }

  /** Every encoding of every value, by its first characters, the longest first. */
  #createForms(): Map<string, HeldForm[]> {
    const forms = new Map<string, HeldForm[]>();
    for (const { value, placeholder } of this.#held) {
      if (value === null || value.length < minSweptChars) continue;
      for (const form of encodings(value)) {
        const start = form.slice(0, minSweptChars);
        const known = forms.get(start) ?? [];
        forms.set(
          start,
          [...known, { form, placeholder }].toSorted((a, b) => b.form.length - a.form.length),
        );
      }
    }
    return forms;
  }

  #isPlaceholder(text: string): boolean {
    return this.#held.some(({ placeholder }) => placeholder === text);
  }

  #add(name: string, value: string | null): Held {
    if (this.#held.length >= maxSecrets)
      throw new PerfkitError(
        'scenario',
        `expected at most ${maxSecrets} different secrets: import a part of the file`,
      );
    const placeholder = `${this.#prefix}${String(this.#held.length).padStart(4, '0')}z`;
    const held = { name, value, placeholder };
    this.#held.push(held);
    this.#names.add(name);
    this.#forms = null;
    return held;
  }

  #freeName(name: string): string {
    const base = variableName(name);
    let free = base;
    for (let number = 2; this.#names.has(free); number++) free = `${base}_${number}`;
    return free;
  }
}

function encodings(value: string): Set<string> {
  const percent = encodeURIComponent(value.toWellFormed());
  return new Set([value, percent, percent.replaceAll('%20', '+'), jsonEscape(value)]);
}

/** `X-Api-Key` to `LOAD_X_API_KEY`. */
function variableName(name: string): string {
  const words = name
    .slice(0, 60)
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .toUpperCase()
    .replace(/[^A-Z\d]+/g, '_')
    .replace(/^_+|_+$/g, '');
  return `LOAD_${words === '' ? 'SECRET' : words.replace(/^LOAD_/, '')}`;
}
