import { PerfkitError } from '../../../model/errors.ts';
import { compileBody } from './compile-body.ts';
import { compileTemplate, fixedTemplate } from './compile-template.ts';
import type { StepPlan } from '../../../model/plan.ts';
import type { RequestMessage } from '../../protocols/protocol.ts';
import type { CompileContext } from '../compile-context.ts';
import type { StepFailure } from '../exchange.ts';
import type { Session } from '../session.ts';
import type { Template } from './compile-template.ts';

export interface CompiledRequest {
  /** The message when it is the same each time (but for cookies); null when it has variables. */
  readonly fixed: RequestMessage | null;
  /** The message of this user now, or why there is none. */
  readonly render: (session: Session) => RequestMessage | StepFailure;
}

/**
 * A step as a request (RFC 9110): checked and taken apart once. The scenario's own headers take the place of the ones
 * perfkit adds. Secrets are put in here and nowhere earlier. Throws PerfkitError for a step that cannot be sent.
 */
export function compileRequest(step: StepPlan, context: CompileContext): CompiledRequest {
  const method = checkMethod(step);
  const path = compileTemplate(step.path, 'path', context);
  // a captured link brings its own slash
  checkPath(step, step.path.startsWith('${captured:') ? `/${path.outline}` : path.outline);
  const body = compileBody(step, context);
  const headers = compileHeaders(step, body?.type ?? null, context);
  const closes = headers.some(
    ([name, { fixed }]) => name.toLowerCase() === 'connection' && /\bclose\b/i.test(fixed ?? ''),
  );
  const message = { method, closes };
  const fixedHeaders = headers.map(([name, { fixed }]) => [name, fixed ?? ''] as const);
  const headersAreFixed = headers.every(([, { fixed }]) => fixed !== null);
  const bodyIsFixed = body === null || body.fixed !== null;
  const fixed =
    path.fixed !== null && headersAreFixed && bodyIsFixed
      ? { ...message, path: path.fixed, headers: fixedHeaders, body: body?.fixed ?? null }
      : null;
  if (fixed !== null) checkContentLength(step, fixed.headers, fixed.body?.length ?? 0);
  else checkContentLength(step, fixedHeaders, null);
  return {
    fixed,
    render(session) {
      if (fixed !== null) return fixed;
      session.fault = null;
      const rendered = {
        ...message,
        path: path.fixed ?? path.render(session),
        headers: headersAreFixed
          ? fixedHeaders
          : headers.map(([name, value]) => [name, value.render(session)] as const),
        body: body === null ? null : (body.fixed ?? body.render(session)),
      };
      return session.fault ?? rendered;
    },
  };
}

function compileHeaders(
  step: StepPlan,
  bodyType: string | null,
  context: CompileContext,
): (readonly [string, Template])[] {
  const given = step.headers.map(([name, value]) => compileHeader(step, name, value, context));
  const has = (name: string): boolean => given.some((header) => header[0].toLowerCase() === name);
  if (has('transfer-encoding')) {
    throw bad(
      step,
      'expected no Transfer-Encoding header: the body is sent with its length; remove the header',
    );
  }
  const own: (readonly [string, Template])[] = [];
  if (step.basicAuth !== undefined) own.push(['Authorization', basicAuth(step.basicAuth, context)]);
  if (step.bearer !== undefined)
    own.push(compileHeader(step, 'Authorization', `Bearer ${step.bearer}`, context));
  if (bodyType !== null) own.push(['Content-Type', fixedTemplate(bodyType)]);
  const added: (readonly [string, Template])[] = [
    ['Host', fixedTemplate(context.origin.host)],
    ['User-Agent', fixedTemplate(context.userAgent)],
    ['Accept', fixedTemplate('*/*')],
    ...own,
  ];
  return [...added.filter(([name]) => !has(name.toLowerCase())), ...given];
}

/** RFC 7617: user and password as UTF-8, in base64. */
function basicAuth(auth: NonNullable<StepPlan['basicAuth']>, context: CompileContext): Template {
  const user = compileTemplate(auth.user, 'text', context);
  const password = compileTemplate(auth.password, 'text', context);
  const join = (name: string, secret: string): string =>
    `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}`;
  const fixed = user.fixed !== null && password.fixed !== null ? join(user.fixed, password.fixed) : null;
  if (fixed !== null) return fixedTemplate(fixed);
  return {
    fixed: null,
    outline: 'Basic v',
    render: (session) => join(user.render(session), password.render(session)),
  };
}

const token = /^[!#$%&'*+\-.^_`|~\dA-Za-z]+$/;

function checkMethod(step: StepPlan): string {
  if (!token.test(step.method) || step.method === 'CONNECT') {
    throw bad(step, `expected a method such as GET or POST, got ${JSON.stringify(step.method)}`);
  }
  return step.method;
}

/** Anything else could end the request line early or start another header. */
function checkPath(step: StepPlan, path: string): void {
  if (/^\/[\x21-\x7e]*$/.test(path) || (step.method === 'OPTIONS' && path === '*')) return;
  const shown = JSON.stringify(step.path.slice(0, 100));
  throw bad(
    step,
    `expected a path that begins with "/" and holds no spaces, control or non-ASCII characters (percent-encode them), got ${shown}`,
  );
}

function compileHeader(
  step: StepPlan,
  name: string,
  value: string,
  context: CompileContext,
): readonly [string, Template] {
  if (!token.test(name)) throw bad(step, `expected a header name, got ${JSON.stringify(name.slice(0, 100))}`);
  const template = compileTemplate(value, 'header', context);
  // what stands around variables is checked here, their values when they are known
  if (/[^\t\x20-\x7e\x80-\xff]/.test(template.outline)) {
    throw bad(
      step,
      `the value of the header ${name} holds a line break, another control character or one outside Latin-1; remove it`,
    );
  }
  return [name, template];
}

/** `bodyBytes` is null for a body whose length changes. */
function checkContentLength(
  step: StepPlan,
  headers: readonly (readonly [string, string])[],
  bodyBytes: number | null,
): void {
  const given = headers.filter(([name]) => name.toLowerCase() === 'content-length');
  if (given.length === 0) return;
  if (
    bodyBytes === null ||
    given.length > 1 ||
    given.some(([, value]) => value.trim() !== String(bodyBytes))
  ) {
    throw bad(
      step,
      `expected Content-Length to be the body's ${bodyBytes ?? 'own'} bytes; remove the header, perfkit adds it`,
    );
  }
}

function bad(step: StepPlan, problem: string): PerfkitError {
  return new PerfkitError('scenario', `step "${step.name}": ${problem}`);
}
