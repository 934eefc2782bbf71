import type { RequestMessage } from '../../protocols/protocol.ts';
import type { FlowRequest } from './flow-function.ts';

/** What every request of a lane has. */
export interface MessageDefaults {
  readonly host: string;
  readonly userAgent: string;
}

/** A request of a function, checked: throws TypeError for what would break the message. */
export function buildMessage(
  method: string,
  path: string,
  request: FlowRequest,
  { host, userAgent }: MessageDefaults,
): RequestMessage {
  if (typeof path !== 'string' || !/^\/[\x21-\x7e]*$/.test(path)) {
    throw new TypeError(
      `Expected \`path\` to begin with "/" and to be percent-encoded, got ${JSON.stringify(path)}`,
    );
  }
  const [body, type] = bodyOf(request);
  const given = Object.entries(request.headers ?? {}).map(([name, value]) => checkHeader(name, value));
  const has = (name: string): boolean => given.some((header) => header[0].toLowerCase() === name);
  const added: (readonly [string, string])[] = [
    ['Host', host],
    ['User-Agent', userAgent],
    ['Accept', '*/*'],
  ];
  if (type !== null) added.push(['Content-Type', type]);
  return {
    method,
    path,
    headers: [...added.filter(([name]) => !has(name.toLowerCase())), ...given],
    body,
    closes: given.some(([name, value]) => name.toLowerCase() === 'connection' && /\bclose\b/i.test(value)),
  };
}

function bodyOf({ json, form, body }: FlowRequest): readonly [Buffer | null, string | null] {
  if ([json, form, body].filter((one) => one !== undefined).length > 1)
    throw new TypeError('Expected one of `json`, `form` and `body`, got more');
  if (json !== undefined) return [Buffer.from(JSON.stringify(json)), 'application/json'];
  if (form !== undefined) {
    const fields = Object.entries(form).map(([name, value]): [string, string] => [name, String(value)]);
    return [Buffer.from(new URLSearchParams(fields).toString()), 'application/x-www-form-urlencoded'];
  }
  if (body === undefined) return [null, null];
  return [
    typeof body === 'string' ? Buffer.from(body) : Buffer.from(body.buffer, body.byteOffset, body.length),
    null,
  ];
}

/** Framing is perfkit's: a wrong length or coding would make two readers disagree on where the request ends. */
const framing: ReadonlySet<string> = new Set(['content-length', 'transfer-encoding']);

function checkHeader(name: string, value: unknown): readonly [string, string] {
  if (!/^[!#$%&'*+\-.^_`|~\dA-Za-z]+$/.test(name) || framing.has(name.toLowerCase()))
    throw new TypeError(
      `Expected the name of a header other than ${[...framing].join(', ')}, got ${JSON.stringify(name)}`,
    );
  const text = String(value);
  if (/[^\t\x20-\x7e\x80-\xff]/.test(text))
    throw new TypeError(`Expected the header ${name} to hold no line break and Latin-1 only`);
  return [name, text];
}
