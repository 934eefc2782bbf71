import { formatJsonPath } from '../../../model/json-path.ts';
import { parseSetCookie } from '../cookies/cookie-jar.ts';
import { findJson, jsonAt } from './find-json.ts';
import { createPatternMatcher } from './match-pattern.ts';
import { messageOf } from '../../../model/errors.ts';
import type { CapturePlan, CaptureSource, JsonPath } from '../../../model/exchange-plan.ts';
import type { StepFailure } from '../exchange.ts';
import type { CapturedValue, Session } from '../session.ts';
import type { ReplyView } from './reply-view.ts';

/** Takes what it wants out of a reply and into the session; a failure when it is not there. */
export type Capture = (view: ReplyView, session: Session) => StepFailure | null;

/** A value goes into requests: longer than this it is no identifier or token. */
const maxValueChars = 65_536;

/** `slots`: the position of each name in `Session.captured`. */
export function compileCaptures(
  captures: readonly CapturePlan[],
  slots: ReadonlyMap<string, number>,
): Capture[] {
  return captures.map(({ name, source }) => {
    const slot = slots.get(name) ?? -1;
    const { find, where } = finderOf(source);
    return (view, session) => {
      const found = find(view);
      if (found === null) return { failure: 'capture', detail: `${name}: nothing found at ${where}` };
      if ('failure' in found) return found;
      if (found.text.length > maxValueChars)
        return { failure: 'capture', detail: `${name}: more than ${maxValueChars} characters at ${where}` };
      session.captured[slot] = found;
      return null;
    };
  });
}

type Find = (view: ReplyView) => CapturedValue | StepFailure | null;

function finderOf(source: CaptureSource): { readonly find: Find; readonly where: string } {
  switch (source.from) {
    case 'json':
      return { find: jsonFinder(source.path), where: formatJsonPath(source.path) };
    case 'header': {
      const name = source.header.toLowerCase();
      return { find: (view) => textValue(view.header(name)), where: `header ${name}` };
    }
    case 'cookie':
      return { find: (view) => textValue(cookieOf(view, source.cookie)), where: `cookie ${source.cookie}` };
    case 'regex':
      return { find: regexFinder(source.pattern), where: `/${source.pattern}/` };
  }
}

function textValue(text: string | null): CapturedValue | null {
  return text === null ? null : { text, json: null };
}

/** `null` in JSON is no value. */
function jsonFinder(path: JsonPath): Find {
  return (view) => {
    const body = view.body();
    if ('failure' in body) return body;
    try {
      const range = findJson(body, path);
      if (range === null || body[range.start] === letterN) return null;
      if (body[range.start] === quote) return textValue(String(jsonAt(body, range)));
      const json = Buffer.from(body.buffer, body.byteOffset + range.start, range.end - range.start).toString(
        'utf8',
        0,
        maxValueChars + 1,
      );
      return { text: json, json };
    } catch (error) {
      return { failure: 'capture', detail: `the body is no JSON (${messageOf(error)}): ${view.beginning()}` };
    }
  };
}

const letterN = 0x6e;
const quote = 0x22;

function regexFinder(pattern: string): Find {
  const match = createPatternMatcher(pattern);
  return (view) => {
    const text = view.text();
    return typeof text === 'string' ? textValue(match(text)) : text;
  };
}

/** The last one wins, as in a cookie jar. */
function cookieOf(view: ReplyView, wanted: string): string | null {
  let value: string | null = null;
  for (const [name, text] of view.reply.headers) {
    if (name !== 'set-cookie') continue;
    const cookie = parseSetCookie(text);
    if (cookie?.name === wanted) value = cookie.value;
  }
  return value;
}
