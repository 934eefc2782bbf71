import { PerfkitError } from '../../model/errors.ts';
import { jsonEscape, revealSecrets } from '../../model/secrets.ts';
import type { StepPlan } from '../../model/plan.ts';
import type { EncodeContext, EncodedRequest } from './protocol.ts';

/**
 * A step as the bytes of an HTTP/1.1 request (RFC 9112 section 3), made once and sent as it is each time. The
 * scenario's own headers take the place of the ones perfkit adds. Secrets are put in here and nowhere earlier.
 */
export function encodeHttp1Request(
  step: StepPlan,
  { origin, userAgent, env }: EncodeContext,
): EncodedRequest {
  const method = checkMethod(step);
  const path = checkPath(step, revealSecrets(step.path, env));
  const headers = step.headers.map(([name, value]) => checkHeader(step, name, revealSecrets(value, env)));
  const body =
    step.body === null
      ? null
      : Buffer.from(revealSecrets(step.body, env, step.bodyFormat === 'json' ? jsonEscape : undefined));

  const has = (name: string): boolean => headers.some((header) => header[0].toLowerCase() === name);
  if (has('transfer-encoding')) {
    throw bad(
      step,
      'expected no Transfer-Encoding header: the body is sent with its length; remove the header',
    );
  }
  checkContentLength(step, headers, body?.length ?? 0);
  const added: [string, string][] = [
    ['Host', origin.host],
    ['User-Agent', userAgent],
    ['Accept', '*/*'],
  ];
  if (body !== null || bodyMethods.has(method)) added.push(['Content-Length', String(body?.length ?? 0)]);
  const all = [...added.filter(([name]) => !has(name.toLowerCase())), ...headers];

  const head = [
    `${method} ${path} HTTP/1.1`,
    ...all.map(([name, value]) => `${name}: ${value}`),
    '',
    '',
  ].join('\r\n');
  return {
    bytes: Buffer.concat([Buffer.from(head, 'latin1'), body ?? Buffer.alloc(0)]),
    bodiless: method === 'HEAD',
    closes: headers.some(([name, value]) => name.toLowerCase() === 'connection' && /\bclose\b/i.test(value)),
  };
}

/** Methods whose request says its length even when that is 0 (RFC 9110 section 8.6). */
const bodyMethods = new Set(['POST', 'PUT', 'PATCH']);
const token = /^[!#$%&'*+\-.^_`|~\dA-Za-z]+$/;

function checkMethod(step: StepPlan): string {
  if (!token.test(step.method) || step.method === 'CONNECT') {
    throw bad(step, `expected a method such as GET or POST, got ${JSON.stringify(step.method)}`);
  }
  return step.method;
}

/** Anything else could end the request line early or start another header. */
function checkPath(step: StepPlan, path: string): string {
  if (!/^\/[\x21-\x7e]*$/.test(path) && !(step.method === 'OPTIONS' && path === '*')) {
    const shown = JSON.stringify(step.path.slice(0, 100));
    throw bad(
      step,
      `expected a path that begins with "/" and holds no spaces, control or non-ASCII characters (percent-encode them), got ${shown}`,
    );
  }
  return path;
}

function checkHeader(step: StepPlan, name: string, value: string): [string, string] {
  if (!token.test(name)) throw bad(step, `expected a header name, got ${JSON.stringify(name.slice(0, 100))}`);
  if (/[^\t\x20-\x7e\x80-\xff]/.test(value)) {
    throw bad(
      step,
      `the value of the header ${name} holds a line break, another control character or one outside Latin-1; remove it`,
    );
  }
  return [name, value];
}

function checkContentLength(
  step: StepPlan,
  headers: readonly (readonly [string, string])[],
  bodyBytes: number,
): void {
  const given = headers.filter(([name]) => name.toLowerCase() === 'content-length');
  if (given.length > 1 || given.some(([, value]) => value.trim() !== String(bodyBytes))) {
    throw bad(
      step,
      `expected Content-Length to be the body's ${bodyBytes} bytes; remove the header, perfkit adds it`,
    );
  }
}

function bad(step: StepPlan, problem: string): PerfkitError {
  return new PerfkitError('scenario', `step "${step.name}": ${problem}`);
}
