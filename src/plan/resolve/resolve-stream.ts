import { parseBytes, parseDurationNs } from '../../model/units.ts';
import { parseJsonPath } from '../../model/json-path.ts';
import type { EventsPlan, MatchPlan, SendPlan, SocketPlan, StreamPlan } from '../../model/stream-plan.ts';
import type { JsonPath } from '../../model/exchange-plan.ts';
import type { Path } from '../problems/problem.ts';
import type { PlanContext } from './plan-context.ts';

/** The keys of streamFields, as the schema has let them through. */
export interface WrittenStream {
  readonly ws?: string | undefined;
  readonly sse?: string | undefined;
  readonly send?:
    | {
        readonly every?: string | undefined;
        readonly text?: string | undefined;
        readonly json?: unknown;
        readonly binary?: string | undefined;
      }
    | undefined;
  readonly match?: { readonly json?: string | undefined; readonly timeout?: string | undefined } | undefined;
  readonly stamp?: string | undefined;
  readonly until?:
    | {
        readonly for?: string | undefined;
        readonly messages?: number | undefined;
        readonly events?: number | undefined;
      }
    | undefined;
  readonly deflate?: boolean | undefined;
  readonly protocols?: readonly string[] | undefined;
}

const streamOnly = ['send', 'match', 'stamp', 'until', 'deflate', 'protocols'] as const;
const maxMessageBytes = 16 * 1024 ** 2;
const defaultTimeout = '10s';

/** Null for a step that is a request. Keys that do not go together are reported. */
export function resolveStream(step: WrittenStream, path: Path, context: PlanContext): StreamPlan | null {
  if (step.ws !== undefined) return resolveSocket(step, path, context);
  if (step.sse !== undefined) return resolveEvents(step, path, context);
  for (const key of streamOnly) {
    if (step[key] !== undefined) context.report([...path, key], `\`${key}\` goes with \`ws\` or \`sse\``);
  }
  return null;
}

function resolveSocket(step: WrittenStream, path: Path, context: PlanContext): SocketPlan {
  const { until = {}, deflate = false, protocols = [] } = step;
  if (until.events !== undefined)
    context.report([...path, 'until', 'events'], 'a socket has messages: write `messages`');
  const send = resolveSend(step, path, context);
  const match = resolveMatch(step);
  if (match !== null && send === null)
    context.report([...path, 'match'], '`match` goes with `send`: without it there is nothing to reply to');
  if (send !== null && send.everyNs === null && match === null) {
    context.report(
      [...path, 'send'],
      'expected `every` (when messages are due) or `match` (the next is sent when the reply has come)',
    );
  }
  if (match?.place != null && send !== null && !send.text.includes(iterationMark)) {
    context.report(
      [...path, 'match', 'json'],
      'the message has to hold ${iteration}, for the reply to repeat it here',
    );
  }
  return {
    kind: 'socket',
    protocols,
    deflate,
    send,
    match,
    stamp: step.stamp === undefined ? null : placeOf(step.stamp),
    untilMessages: until.messages ?? null,
    untilNs: until.for === undefined ? null : parseDurationNs(until.for),
    maxMessageBytes,
  };
}

const iterationMark = '${iteration}';

function resolveSend({ send }: WrittenStream, path: Path, context: PlanContext): SendPlan | null {
  if (send === undefined) return null;
  const given = (['text', 'json', 'binary'] as const).filter((key) => send[key] !== undefined);
  const [format = 'text'] = given;
  if (given.length !== 1) {
    const got = given.length === 0 ? 'none of them' : given.join(' and ');
    context.report([...path, 'send'], `expected exactly one of text, json and binary, got ${got}`);
  }
  return {
    everyNs: send.every === undefined ? null : parseDurationNs(send.every),
    format,
    text: format === 'json' ? JSON.stringify(send.json) : (send.text ?? ''),
    binaryBytes: parseBytes(send.binary ?? '') ?? 0,
  };
}

function resolveMatch({ match }: WrittenStream): MatchPlan | null {
  if (match === undefined) return null;
  return {
    place: match.json === undefined ? null : placeOf(match.json),
    timeoutNs: parseDurationNs(match.timeout ?? defaultTimeout) ?? 0,
  };
}

function resolveEvents(step: WrittenStream, path: Path, context: PlanContext): EventsPlan {
  for (const key of ['send', 'match', 'stamp', 'deflate', 'protocols'] as const) {
    if (step[key] !== undefined)
      context.report([...path, key], `\`${key}\` goes with \`ws\`: events come from the server only`);
  }
  const { until = {} } = step;
  if (until.messages !== undefined)
    context.report([...path, 'until', 'messages'], 'a stream of events has `events`, not messages');
  if (until.events === undefined && until.for === undefined)
    context.report(path, 'expected `until: {events: 10}` or `until: {for: 5s}`: when is the step done?');
  return {
    kind: 'events',
    untilEvents: until.events ?? null,
    untilNs: until.for === undefined ? null : parseDurationNs(until.for),
    maxEventBytes: maxMessageBytes,
  };
}

function placeOf(text: string): JsonPath {
  return parseJsonPath(text) ?? [];
}
