import { isDeepStrictEqual } from 'node:util';
import { messageOf } from '../../../model/errors.ts';
import { compileTemplate } from '../render/compile-template.ts';
import { findJson, jsonAt } from './find-json.ts';
import { createPatternMatcher } from './match-pattern.ts';
import { quoteValue } from './quote-value.ts';
import type { ExpectPlan, TextExpectation } from '../../../model/exchange-plan.ts';
import type { CompileContext } from '../compile-context.ts';
import type { StepFailure } from '../exchange.ts';
import type { Session } from '../session.ts';
import type { ReplyView } from './reply-view.ts';

/** Looks at a reply; a failure when it is not as the scenario says. */
export type Expectation = (view: ReplyView, session: Session) => StepFailure | null;

export function compileExpectations(expect: ExpectPlan, context: CompileContext): Expectation[] {
  return [
    ...expect.headers.map(({ name, value }) => headerExpectation(name.toLowerCase(), value, context)),
    ...expect.body.map((one) => bodyExpectation(one, context)),
    ...expect.json.map((one) => jsonExpectation(one, context)),
  ];
}

function headerExpectation(name: string, value: TextExpectation, context: CompileContext): Expectation {
  const compare = textComparison(value, context);
  return (view, session) => {
    const header = view.header(name);
    if (header === null) return unexpected(`there is no header ${name}`);
    const wanted = compare(header, session);
    return session.fault ?? (wanted === null ? null : unexpected(`header ${name}: ${wanted}`));
  };
}

function bodyExpectation(value: TextExpectation, context: CompileContext): Expectation {
  const compare = textComparison(value, context);
  return (view, session) => {
    const text = view.text();
    if (typeof text !== 'string') return text;
    const wanted = compare(text, session);
    return session.fault ?? (wanted === null ? null : unexpected(`body: ${wanted}`));
  };
}

/** Null when the text is as wanted, else what was expected and what came. */
function textComparison(
  expectation: TextExpectation,
  context: CompileContext,
): (text: string, session: Session) => string | null {
  if (expectation.kind === 'matches') {
    const match = createPatternMatcher(expectation.pattern);
    return (text) =>
      match(text) === null ? `expected a match of /${expectation.pattern}/, got ${quoteValue(text)}` : null;
  }
  const { kind } = expectation;
  const template = compileTemplate(expectation.text, 'text', context);
  return (text, session) => {
    const wanted = template.render(session);
    const fits = kind === 'equals' ? text === wanted : text.includes(wanted);
    const what = kind === 'equals' ? '' : 'text with ';
    return fits ? null : `expected ${what}${quoteValue(wanted)}, got ${quoteValue(text)}`;
  };
}

function jsonExpectation(
  { path, shown, value }: ExpectPlan['json'][number],
  context: CompileContext,
): Expectation {
  const template = compileTemplate(value, 'json', context);
  const fixed: unknown = template.fixed === null ? undefined : JSON.parse(template.fixed);
  return (view, session) => {
    const body = view.body();
    if ('failure' in body) return body;
    const text = template.fixed ?? template.render(session);
    if (session.fault !== null) return session.fault;
    try {
      const range = findJson(body, path);
      if (range === null) return unexpected(`${shown}: expected ${quoteJson(text)}, got nothing`);
      const expected: unknown = template.fixed === null ? JSON.parse(text) : fixed;
      if (isDeepStrictEqual(jsonAt(body, range), expected)) return null;
      const got = Buffer.from(body.subarray(range.start, Math.min(range.end, range.start + 200))).toString();
      return unexpected(`${shown}: expected ${quoteJson(text)}, got ${quoteJson(got)}`);
    } catch (error) {
      return unexpected(`the body is no JSON (${messageOf(error)}): ${view.beginning()}`);
    }
  };
}

/** JSON for people: short, as it is. */
function quoteJson(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function unexpected(detail: string): StepFailure {
  return { failure: 'expectation', detail };
}
