import type { RequestMessage } from '../../protocols/protocol.ts';
import type { Reply } from '../exchange.ts';
import type { Session } from '../session.ts';

/** Take over the cookies that a reply sets. */
export function storeCookies({ headers }: Reply, { jar, message }: Session): void {
  if (jar === null) return;
  for (const [name, value] of headers) if (name === 'set-cookie') jar.store(value, message?.path ?? '/');
}

/** The message with its user's cookies in one Cookie header, behind those that the scenario writes itself (RFC 6265, section 5.4). */
export function withCookies(message: RequestMessage, { jar }: Session): RequestMessage {
  const cookies = jar?.headerFor(message.path) ?? '';
  if (cookies === '') return message;
  const own = message.headers.find(([name]) => name.toLowerCase() === 'cookie');
  if (own === undefined) return { ...message, headers: [...message.headers, ['Cookie', cookies]] };
  const headers = message.headers.map((header): readonly [string, string] =>
    header === own ? [own[0], `${own[1]}; ${cookies}`] : header,
  );
  return { ...message, headers };
}
