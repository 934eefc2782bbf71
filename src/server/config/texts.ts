/** A setting that is a word or an address. */
export interface Text {
  /** Environment variable. */
  readonly env: string;
  readonly default: string;
  readonly help: string;
  /** What errors say that it may be. */
  readonly expected: string;
  readonly isGood: (text: string) => boolean;
  /** As it may be shown: without what is secret in it. */
  readonly print: (value: string) => string;
  /** Whether a bad one may be shown too. */
  readonly isSecret: boolean;
}

const balances = ['least-loaded', 'round-robin'] as const;
export type Balance = (typeof balances)[number];

/** Every text that the server can be told. */
export const texts = {
  redis: {
    env: 'PERFKIT_REDIS',
    default: '',
    help: 'Redis as the cache level of answers that instances share, as redis://127.0.0.1:6379',
    expected: 'redis://[user:password@]host[:port][/database], or rediss:// for TLS',
    isGood: isRedisUrl,
    print: (value) => (value === '' ? 'none' : withoutPassword(value)),
    isSecret: true,
  },
  balance: {
    env: 'PERFKIT_BALANCE',
    default: 'least-loaded',
    help: `how instances are chosen: ${balances.join(' or ')}`,
    expected: `one of ${balances.join(', ')}`,
    isGood: (text) => balances.some((one) => one === text),
    print: (value) => value,
    isSecret: false,
  },
} as const satisfies Readonly<Record<string, Text>>;

export type TextName = keyof typeof texts;

export const textNames: readonly TextName[] = Object.keys(texts).filter(isText);

function isText(name: string): name is TextName {
  return Object.hasOwn(texts, name);
}

const longestUrl = 2_048;

function isRedisUrl(text: string): boolean {
  if (text.length > longestUrl || !URL.canParse(text)) return false;
  const { protocol, hostname, pathname, hash } = new URL(text);
  return /^rediss?:$/.test(protocol) && hostname !== '' && /^\/?\d{0,5}$/.test(pathname) && hash === '';
}

/** Parameters may hold a password as well. */
function withoutPassword(text: string): string {
  const url = new URL(text);
  const user = url.username === '' && url.password === '' ? '' : '***@';
  return `${url.protocol}//${user}${url.host}${url.pathname}`;
}
