export const keyKinds = ['short', 'long', 'mixed'] as const;

/** `count` different keys: a few characters, the length of a URL with its query, or the shapes that an application has. */
export function createKeys(kind: (typeof keyKinds)[number], count: number): string[] {
  return Array.from({ length: count }, (_, index) => shapes[kind](index));
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
