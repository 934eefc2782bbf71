/**
 * Text of a flow with variables in it: `/items/${captured:id}?n=${iteration}`. `${secret:NAME}` is not looked at here
 * and stays in the literal text, so that a secret's value can never be taken for a variable.
 */
export type Variable =
  | { readonly kind: 'captured'; readonly name: string }
  /** A column of the row that the flow has drawn from a source of data. */
  | { readonly kind: 'data'; readonly source: string; readonly column: string }
  /** Flows that this user has run before this one: 0, 1, ... */
  | { readonly kind: 'iteration' }
  /** Number of the user; in an open phase each arrival is a user. */
  | { readonly kind: 'user' }
  /** A random UUID, version 4, from the seed; another one at each place and time. */
  | { readonly kind: 'uuid' }
  /** A whole number from `min` to `max`, both included, from the seed. */
  | { readonly kind: 'random'; readonly min: number; readonly max: number };

interface TemplateVariable {
  readonly variable: Variable;
  /** Where `${` stands in the text. */
  readonly offset: number;
}

/** One more literal than variables: literals[0], variables[0], literals[1], ... */
export interface ParsedTemplate {
  readonly literals: readonly string[];
  readonly variables: readonly TemplateVariable[];
  readonly faults: readonly { readonly offset: number; readonly message: string }[];
}

/** The words that begin a variable of a flow. */
export const variableWords = ['captured', 'data', 'iteration', 'user', 'uuid', 'random'] as const;

const reference = new RegExp(`\\$\\{(${variableWords.join('|')})(?::([^}]*))?\\}`, 'g');
const unclosed = new RegExp(`\\$\\{(?:${variableWords.join('|')})(?=[:}])`, 'g');

/** Take a text apart. Other `${...}` is literal text. */
export function parseTemplate(text: string): ParsedTemplate {
  if (!text.includes('${')) return { literals: [text], variables: [], faults: [] };
  const literals: string[] = [];
  const variables: TemplateVariable[] = [];
  const faults: { offset: number; message: string }[] = [];
  const seen = new Set<number>();
  let end = 0;
  for (const match of text.matchAll(reference)) {
    const [whole, word = '', argument] = match;
    seen.add(match.index);
    const variable = readVariable(word, argument ?? null);
    if (typeof variable === 'string') {
      faults.push({ offset: match.index, message: variable });
      continue;
    }
    literals.push(text.slice(end, match.index));
    variables.push({ variable, offset: match.index });
    end = match.index + whole.length;
  }
  for (const { index } of text.matchAll(unclosed)) {
    if (!seen.has(index)) faults.push({ offset: index, message: 'expected a "}" after the variable' });
  }
  return { literals: [...literals, text.slice(end)], variables, faults };
}

/** As it is written. */
export function formatVariable(variable: Variable): string {
  switch (variable.kind) {
    case 'captured':
      return `\${captured:${variable.name}}`;
    case 'data':
      return `\${data:${variable.source}.${variable.column}}`;
    case 'random':
      return `\${random:${variable.min}-${variable.max}}`;
    default:
      return `\${${variable.kind}}`;
  }
}

/** The variable, or what is wrong with it. */
function readVariable(word: string, argument: string | null): Variable | string {
  switch (word) {
    case 'captured':
      return argument !== null && namePattern.test(argument)
        ? { kind: 'captured', name: argument }
        : 'expected the name of a capture, as in ${captured:id}';
    case 'data': {
      const [, source, column] = /^([A-Za-z_][\w-]*)\.([^{}]+)$/.exec(argument ?? '') ?? [];
      return source === undefined || column === undefined
        ? 'expected a source of data and one of its columns, as in ${data:users.id}'
        : { kind: 'data', source, column };
    }
    case 'random':
      return readRandom(argument);
    case 'iteration':
    case 'user':
    case 'uuid':
      return argument === null
        ? { kind: word }
        : `\${${word}} takes nothing after a colon: write \${${word}}`;
    default:
      return `unknown variable ${word}`;
  }
}

function readRandom(argument: string | null): Variable | string {
  const [, low, high] = /^(\d{1,15})-(\d{1,15})$/.exec(argument ?? '') ?? [];
  const [min, max] = [Number(low), Number(high)];
  if (low === undefined || high === undefined || min > max)
    return 'expected two whole numbers, the smaller first, as in ${random:1-100}';
  return max - min < 2 ** 32
    ? { kind: 'random', min, max }
    : 'expected at most 2^32 different numbers in ${random:..}';
}

/** What a capture or a source of data may be called. */
export const namePattern = /^[A-Za-z_][\w-]{0,99}$/;
