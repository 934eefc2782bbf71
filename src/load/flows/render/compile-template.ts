import { formatVariable, parseTemplate } from '../../../model/template.ts';
import { jsonEscape, revealSecrets } from '../../../model/secrets.ts';
import { variableReader } from './variable-reader.ts';
import type { CapturedValue, Session } from '../session.ts';
import type { CompileContext } from '../compile-context.ts';

/** Where a text stands, which says how a value must be written there. */
export type Place = 'path' | 'form' | 'header' | 'json' | 'text';

/** A text with its variables, taken apart once. */
export interface Template {
  /** The text when it is always the same; null when it has variables. */
  readonly fixed: string | null;
  /** The text with "v" in the place of each value, for checks before the run. */
  readonly outline: string;
  /** The text for this user now. Where a value does not fit, `session.fault` says so and the text is of no use. */
  readonly render: (session: Session) => string;
}

/** Secrets are put in here. The text's variables must be known to the context. */
export function compileTemplate(text: string, place: Place, context: CompileContext): Template {
  const { literals, variables } = parseTemplate(text);
  const escape = place === 'json' ? jsonEscape : undefined;
  const plain = literals.map((literal) => revealSecrets(literal, context.env, escape));
  if (variables.length === 0) {
    return fixedTemplate(plain.join(''));
  }
  const outline = plain.join('v');
  const writers = variables.map(({ variable }, index) => {
    const read = variableReader(variable, context);
    const label = formatVariable(variable);
    if (place === 'path' && index === 0 && plain[0] === '' && variable.kind === 'captured')
      return linkWriter(read, label, context);
    if (place === 'json' && standsAlone(plain, index)) {
      plain[index] = plain[index]?.slice(0, -1) ?? '';
      plain[index + 1] = plain[index + 1]?.slice(1) ?? '';
      return (session: Session) => {
        const value = read(session);
        return value.json ?? JSON.stringify(value.text);
      };
    }
    if (place === 'header') return headerWriter(read, label);
    const write = writersOf[place];
    return (session: Session) => write(read(session).text);
  });
  return {
    fixed: null,
    outline,
    render(session) {
      let out = plain[0] ?? '';
      for (let index = 0; index < writers.length; index++)
        out += (writers[index]?.(session) ?? '') + (plain[index + 1] ?? '');
      return out;
    },
  };
}

export function fixedTemplate(text: string): Template {
  return { fixed: text, outline: text, render: () => text };
}

type Read = (session: Session) => CapturedValue;

const writersOf = {
  path: (value) => encodeURIComponent(value.toWellFormed()),
  // application/x-www-form-urlencoded (WHATWG URL, section 5.2): a space is a plus
  form: (value) => encodeURIComponent(value.toWellFormed()).replaceAll('%20', '+'),
  json: jsonEscape,
  text: (value) => value,
} satisfies Record<Exclude<Place, 'header'>, (value: string) => string>;

/** In JSON text: the variable is all of a string that is a value, and so can be of another type. */
function standsAlone(literals: readonly string[], index: number): boolean {
  const before = literals[index] ?? '';
  const after = literals[index + 1] ?? '';
  return before.endsWith('"') && !/\\(\\\\)*"$/.test(before) && after.startsWith('"') && after[1] !== ':';
}

/** RFC 9110, section 5.5: a line break would begin another header. */
function headerWriter(read: Read, label: string): (session: Session) => string {
  return (session) => {
    const { text } = read(session);
    if (/[^\t\x20-\x7e\x80-\xff]/.test(text)) {
      session.fault ??= {
        failure: 'variable',
        detail: `the value of ${label} holds a line break or another character that cannot stand in a header`,
      };
    }
    return text;
  };
}

/** A path that begins with a captured value takes it as a link: a path, or a URL of the same origin. */
function linkWriter(read: Read, label: string, { origin }: CompileContext): (session: Session) => string {
  return (session) => {
    const { text } = read(session);
    if (session.fault !== null) return '';
    const url = URL.canParse(text, origin.origin) ? new URL(text, origin.origin) : null;
    if (url !== null && url.origin === origin.origin) return url.pathname + url.search;
    session.fault = {
      failure: 'variable',
      detail: `the value of ${label} is no path and no link to ${origin.host}: load stays at one origin`,
    };
    return '';
  };
}
