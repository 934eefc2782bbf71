/** Tokens that are known by their shape, wherever they stand: JSON web tokens, and keys of widely used services. */
export const tokenShapes: readonly RegExp[] = [
  /(?<![\w-])eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}/g,
  /\b(?:sk|pk|rk)_(?:live|test)_\w{10,}/g,
  /\bgh[pousr]_\w{20,}/g,
  /\bgithub_pat_\w{20,}/g,
  /\bAKIA[\dA-Z]{16}\b/g,
  /\bxox[abeprs]-[\w-]{10,}/g,
  /\bAIza[\w-]{30,}/g,
];

/**
 * Whether a header, parameter, form field or JSON key of that name holds something that nobody else should see:
 * `X-Api-Key`, `access_token`, `userPassword`, `sessionid`.
 */
export function isSecretName(name: string): boolean {
  const words = wordsOf(name);
  return (
    words.some(
      (word) => secretWords.has(word) || /(?:token|password|passwd|secret|apikey|sessionid)$/.test(word),
    ) ||
    words.some((word, index) => word === 'key' && keyOwners.has(words[index - 1] ?? '')) ||
    isSecretNumber(name)
  );
}

/** Whether even a number under this name is one: a PIN, but not `max_tokens`. */
export function isSecretNumber(name: string): boolean {
  const words = wordsOf(name);
  return words.some(
    (word, index) => numberWords.has(word) || (word === 'number' && words[index - 1] === 'card'),
  );
}

const secretWords: ReadonlySet<string> = new Set(
  (
    'pass passphrase secrets tokens auth authorization authentication bearer cookie cookies credential credentials ' +
    'session sid jwt csrf xsrf signature sig assertion'
  ).split(' '),
);

const numberWords: ReadonlySet<string> = new Set(
  'password passwd pwd passcode pin otp cvv cvc ssn cardnumber iban'.split(' '),
);

/** What a key must belong to in order to be secret: `key` alone is also that of a map. */
const keyOwners: ReadonlySet<string> = new Set(
  'api access private secret signing session auth subscription license functions encryption shared'.split(
    ' ',
  ),
);

/** `new_password2` is `new`, `password`. */
function wordsOf(name: string): string[] {
  return name
    .slice(0, 200)
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .map((word) => word.replace(/\d+$/, ''))
    .filter((word) => word !== '');
}
