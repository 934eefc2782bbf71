import { PerfkitError } from './errors.ts';

/**
 * `${secret:NAME}` stands for the environment variable NAME. Plans and scenarios carry the reference; the value is
 * put in at the last moment, where a request is encoded or a subject is created, and taken out of everything that
 * leaves the process.
 */
const reference = /\$\{secret:([A-Za-z_]\w*)\}/g;

type Environment = Readonly<Record<string, string | undefined>>;

/** Names of the secrets that a value (text, or any JSON holding text) refers to. */
export function secretNames(value: unknown): string[] {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return [...new Set(Array.from(text.matchAll(reference), (match) => match[1] ?? ''))];
}

/** The text with every reference replaced by its value, escaped for where it stands. Throws PerfkitError naming a variable that is not set. */
export function revealSecrets(
  text: string,
  env: Environment,
  escape: (value: string) => string = (value) => value,
): string {
  return text.replace(reference, (_, name: string) => {
    const value = env[name];
    if (value === undefined)
      throw new PerfkitError(
        'scenario',
        `the secret ${name} is not set: export ${name}, or remove \${secret:${name}}`,
      );
    return escape(value);
  });
}

/** As the text inside a JSON string. */
export function jsonEscape(value: string): string {
  return JSON.stringify(value).slice(1, -1);
}

/** A function that puts `[secret:NAME]` where a secret's value stands, also base64 or URL encoded. */
export function createRedactor(names: readonly string[], env: Environment): (text: string) => string {
  const forms: [string, string][] = [];
  for (const name of names) {
    const value = env[name];
    if (value === undefined || value === '') continue;
    const encoded = [
      value,
      Buffer.from(value).toString('base64'),
      Buffer.from(value).toString('base64url'),
      encodeURIComponent(value),
    ];
    for (const form of [...encoded, jsonEscape(value)]) forms.push([form, `[secret:${name}]`]);
  }
  forms.sort((a, b) => b[0].length - a[0].length);
  return (text) => forms.reduce((out, [form, label]) => out.replaceAll(form, label), text);
}
