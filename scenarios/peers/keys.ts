export const keyKinds = ['short', 'long', 'mixed'] as const;

/** `count` different keys: a few characters, the length of a URL with its query, or the shapes that an application has. */
export function createKeys(kind: (typeof keyKinds)[number], count: number): string[] {
  return Array.from({ length: count }, (_, index) => flat(shapes[kind](index)));
}

/**
 * As a key is that was decoded from a socket or a file: its characters in one piece. V8 keeps what was put together from
 * a template as a tree, and goes by way of it for each reading of the characters, even after it has joined them: caches
 * that read keys themselves, as adaptive ones must, then lose another tenth to a quarter. An application puts such keys
 * together for each look-up, and pays for that itself.
 */
function flat(text: string): string {
  return Buffer.from(text).toString('latin1');
}

const shapes: Readonly<Record<(typeof keyKinds)[number], (index: number) => string>> = {
  short: (index) => index.toString(36),
  long: (index) =>
    `https://shop.example/api/v1/customers/${index % 977}/orders/${index}/items?lang=en&currency=EUR&sort=created&page=${index % 13}`,
  mixed: (index) => {
    if (index % 4 === 0) return `user:${index}`;
    if (index % 4 === 1) return `/api/v1/items/${index}?lang=en`;
    if (index % 4 === 2) return index.toString(36);
    return `session-${(index * 2_654_435_761) % 4_294_967_296}-${index}`;
  },
};
