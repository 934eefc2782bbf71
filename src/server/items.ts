import { createRandom } from '../measure/random.ts';

export interface Item {
  readonly id: number;
  readonly name: string;
  readonly price: number;
  readonly tags: readonly string[];
  readonly description: string;
}

const nouns = [
  'kettle',
  'lamp',
  'chair',
  'notebook',
  'bicycle',
  'radio',
  'jacket',
  'clock',
  'basket',
  'camera',
];
const adjectives = [
  'small',
  'blue',
  'quiet',
  'sturdy',
  'plain',
  'bright',
  'light',
  'warm',
  'folding',
  'spare',
];

/** A catalogue to serve: the same seed makes the same items, each about 300 bytes as JSON. */
export function createItems(count: number, seed: number): readonly Item[] {
  const random = createRandom(seed).fork('items');
  const pick = (words: readonly string[]): string => words[random.int(words.length)] ?? '';
  return Array.from({ length: count }, (_, index) => {
    const noun = pick(nouns);
    return {
      id: index + 1,
      name: `${pick(adjectives)} ${noun}`,
      price: 100 + random.int(9900),
      tags: [pick(adjectives), pick(nouns)],
      description: Array.from({ length: 24 }, () => pick(random.int(2) === 0 ? adjectives : nouns)).join(' '),
    };
  });
}
