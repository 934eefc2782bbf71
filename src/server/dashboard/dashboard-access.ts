import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** Who may see the page: whoever opened it once with the token, and has the cookie since. */
export interface DashboardAccess {
  /** 256 random bits, as 43 letters for an address. Whoever has it may see the page. */
  readonly token: string;
  readonly isToken: (given: string) => boolean;
  /** `Cookie` header, if there is one. */
  readonly hasCookie: (header: string | undefined) => boolean;
  /** `Set-Cookie` header: unreadable for scripts, sent to this path only, and never for a page of another site. */
  readonly setCookie: string;
}

const longestCookieHeader = 8_192;

/** Access to a page below `path`. The cookie holds another secret than the token, which may be in a shell's history. */
export function createDashboardAccess(
  path: string,
  random: (bytes: number) => Buffer = randomBytes,
): DashboardAccess {
  const token = random(32).toString('base64url');
  const secret = random(32).toString('base64url');
  // Cookies do not tell ports apart: servers side by side need names of their own.
  const name = `perfkit_${random(6).toString('hex')}`;
  return {
    token,
    isToken: (given) => equal(given, token),
    hasCookie: (header) => cookiesOf(header, name).some((value) => equal(value, secret)),
    setCookie: `${name}=${secret}; Path=${path}; HttpOnly; SameSite=Strict`,
  };
}

function cookiesOf(header: string | undefined, name: string): string[] {
  if (header === undefined || header.length > longestCookieHeader) return [];
  return header
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
}

/** In a time that does not tell how much of it is right, nor how long the secret is. */
function equal(given: string, secret: string): boolean {
  return timingSafeEqual(digest(given), digest(secret));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
