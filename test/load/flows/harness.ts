import assert from 'node:assert/strict';
import { compileFlows } from '../../../src/load/flows/flows.ts';
import { http1 } from '../../../src/load/protocols/http1.ts';
import { reply } from '../../../src/load/protocols/protocol.ts';
import { flow, limits, loadPlan, phase, step } from '../plans.ts';
import type { Feed } from '../../../src/load/data/feed.ts';
import type { StepFailure } from '../../../src/load/flows/exchange.ts';
import type { Flows } from '../../../src/load/flows/flows.ts';
import type { Session } from '../../../src/load/flows/session.ts';
import type { DataPlan } from '../../../src/model/exchange-plan.ts';
import type { FlowPlan, StepPlan } from '../../../src/model/plan.ts';

export interface Harness {
  readonly flows: Flows;
  /** The request of a step as text, or why there is none. */
  readonly render: (index: number, session: Session) => string | StepFailure;
  /** What a step makes of a reply that comes cut at these places: null, a failure, or the text of another request. */
  readonly check: (
    index: number,
    session: Session,
    text: string | Buffer,
    cuts?: readonly number[],
  ) => string | StepFailure | null;
  readonly start: (user?: number, flows?: number, before?: Session | null, phase?: number) => Session;
}

/** One flow of these steps, compiled. */
export function harness(
  steps: readonly Partial<StepPlan>[],
  changes: {
    flow?: Partial<FlowPlan>;
    data?: readonly DataPlan[];
    feeds?: readonly Feed[];
    seed?: number;
    wallMs?: () => number;
    env?: Record<string, string>;
  } = {},
): Harness {
  const { data, feeds = [], seed = 1, wallMs = () => 0, env = {} } = changes;
  const one = {
    ...flow(steps.map((fields, index) => step({ name: `s${index}`, ...fields }))),
    ...changes.flow,
  };
  const base = loadPlan({
    flows: [one],
    phases: [phase(), phase({ name: 'second' })],
    ...(data === undefined ? {} : { data }),
  });
  const plan = { ...base, scenario: { ...base.scenario, seed } };
  const origin = new URL('http://127.0.0.1:8080');
  const flows = compileFlows(plan, http1, { origin, userAgent: 'perfkit/test', env, wallMs }, { feeds });
  const createParser = http1.parsers(limits);
  const exchangeOf = (index: number) => {
    const exchange = flows.steps[index]?.exchange ?? null;
    assert.ok(exchange !== null);
    return exchange;
  };
  return {
    flows,
    render(index, session) {
      const rendered = exchangeOf(index).render(session);
      return 'failure' in rendered ? rendered : rendered.bytes.toString('latin1');
    },
    check(index, session, text, cuts = []) {
      const exchange = exchangeOf(index);
      const parser = createParser();
      parser.expect(false, exchange.wants);
      const bytes = Buffer.from(text);
      const ends = [...new Set([...cuts.map((cut) => cut % bytes.length), bytes.length])].toSorted(
        (a, b) => a - b,
      );
      let from = 0;
      for (const end of ends) {
        // the same memory for each piece, as one read buffer is
        const buffer = Buffer.alloc(bytes.length, '!');
        bytes.copy(buffer, 0, from, end);
        if (parser.state === reply.more) parser.push(buffer, 0, end - from);
        if (parser.state === reply.more) buffer.fill('?');
        from = end;
      }
      if (parser.state === reply.more) parser.end();
      if (parser.state === reply.failed) return { failure: parser.fault, detail: parser.reason };
      const got = exchange.check(parser.reply(), session);
      return got === null || 'failure' in got ? got : got.bytes.toString('latin1');
    },
    start(user = 0, started = 1, before = null, phaseIndex = 0) {
      const session = flows.startSession(0, { phase: phaseIndex, user, flows: started }, before);
      assert.ok(session !== null);
      return session;
    },
  };
}

export function http(body: string | Buffer, headers = '', status = 200): Buffer {
  const bytes = Buffer.from(body);
  return Buffer.concat([
    Buffer.from(`HTTP/1.1 ${status} X\r\n${headers}Content-Length: ${bytes.length}\r\n\r\n`, 'latin1'),
    bytes,
  ]);
}

export function captureJson(name: string, ...path: readonly (string | number | null)[]) {
  return { name, source: { from: 'json', path } } as const;
}

/** The text of a request that there is. */
export function sent(rendered: string | StepFailure | null): string {
  assert.ok(typeof rendered === 'string', JSON.stringify(rendered));
  return rendered;
}
