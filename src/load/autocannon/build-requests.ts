import { jsonEscape, revealSecrets } from '../../model/secrets.ts';
import type { Request } from 'autocannon';
import type { StepPlan } from '../../model/plan.ts';

export interface RequestContext {
  /** `host:port` as the scenario names it. */
  readonly host: string;
  readonly userAgent: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** How a secret's value stands in a body. */
const escapes = {
  text: undefined,
  json: jsonEscape,
  form: encodeURIComponent,
} satisfies Record<StepPlan['bodyFormat'], ((value: string) => string) | undefined>;

/** Methods whose request says its length even when that is 0 (RFC 9110 section 8.6). */
const bodyMethods = new Set(['POST', 'PUT', 'PATCH']);

/** The steps as autocannon takes them, with the headers that the native engine sends. Secrets are put in here. */
export function buildRequests(
  steps: readonly StepPlan[],
  { host, userAgent, env }: RequestContext,
): Request[] {
  return steps.map(({ method, path, headers, body, bodyFormat }) => {
    const own = headers.map(([name, value]) => [name, revealSecrets(value, env)] as const);
    const names = new Set(own.map(([name]) => name.toLowerCase()));
    const bytes = body === null ? null : Buffer.from(revealSecrets(body, env, escapes[bodyFormat]));
    // autocannon adds the length itself where there is a body
    const empty = (bytes === null || bytes.length === 0) && bodyMethods.has(method);
    const added = [
      ['Host', host],
      ['User-Agent', userAgent],
      ['Accept', '*/*'],
      ...(empty ? [['Content-Length', '0'] as const] : []),
    ] as const;
    const all = [...added.filter(([name]) => !names.has(name.toLowerCase())), ...own];
    return {
      method,
      path: revealSecrets(path, env),
      headers: Object.fromEntries(all),
      ...(bytes !== null && bytes.length > 0 && { body: bytes }),
    };
  });
}
