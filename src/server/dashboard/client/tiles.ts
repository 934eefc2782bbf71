import type { Figures, Level, Limits, Snapshot, TileName } from '../feed-message.ts';
import { browser, byId, setText } from './browser.ts';
import type { PageElement } from './browser.ts';
import { formatCount, formatMs, formatRate, formatRatio } from './format.ts';
import type { Format } from './format.ts';

interface Tile {
  /** As the page's HTML has it. */
  readonly label: string;
  readonly format: Format;
  readonly detail: (figures: Figures, limits: Limits) => string;
  /** Instead of the usual ones. */
  readonly words?: Partial<Record<Level, string>>;
}

/** Never by colour alone. */
const words: Readonly<Record<Level, string>> = {
  good: '✓ Good',
  close: '▲ Near limit',
  beyond: '✕ Beyond limit',
  unrated: 'No limit',
  unknown: 'Too little data',
};

const tiles: Readonly<Record<TileName, Tile>> = {
  hitRatio: {
    label: 'Cache hit rate',
    format: formatRatio,
    detail: ({ lookups }, { windowSeconds, minHitRatio }) =>
      `${formatCount(lookups)} look-ups in ${windowSeconds} s · limit ≥ ${formatRatio(minHitRatio)}`,
    words: { beyond: '✕ Below limit' },
  },
  batchesSent: {
    label: 'Batches sent',
    format: formatCount,
    detail: ({ batchesPerSecond }) => `${formatRate(batchesPerSecond)} · since the start`,
  },
  meanResponseMs: {
    label: 'Mean response time',
    format: formatMs,
    detail: ({ responses }, { windowSeconds, maxMeanResponseMs }) =>
      `${formatCount(responses)} responses in ${windowSeconds} s · limit ≤ ${formatMs(maxMeanResponseMs)}`,
    words: { beyond: '✕ Above limit' },
  },
  activeConnections: {
    label: 'Active connections',
    format: formatCount,
    detail: ({ poolUtilization }, { maxClients, maxPoolUtilization }) =>
      `of ${formatCount(maxClients)} · upstream pool ${formatRatio(poolUtilization)} used, limit ≤ ${formatRatio(maxPoolUtilization)}`,
    words: { beyond: '✕ Above limit' },
  },
  messagesProcessed: {
    label: 'Messages processed',
    format: formatCount,
    detail: ({ messagesPerSecond }) => `${formatRate(messagesPerSecond)} · since the start`,
  },
  cacheEntries: {
    label: 'Cache size',
    format: formatCount,
    detail: ({ cacheEntries }, { cacheCapacity }) =>
      cacheCapacity === 0
        ? 'the caches are switched off'
        : `of ${formatCount(cacheCapacity)} entries · ${formatRatio((cacheEntries ?? 0) / cacheCapacity)} full`,
    words: { close: '▲ Nearly full', unrated: 'Off' },
  },
  activeBatches: {
    label: 'Active batches',
    format: formatCount,
    detail: () => 'waiting for more messages, or to be sent',
  },
};

interface TileElements {
  readonly card: PageElement;
  readonly value: PageElement;
  readonly level: PageElement;
  readonly detail: PageElement;
}

/** Shows snapshots in the tiles, and says aloud which of them has changed its state. */
export function createTiles(): (snapshot: Snapshot, limits: Limits) => void {
  const announcer = byId('announcer');
  const shown = Object.entries(tiles).flatMap(([name, tile]) =>
    isTileName(name) ? [{ name, tile, elements: elementsOf(name) }] : [],
  );
  const before = new Map<TileName, Level>();
  return ({ figures, levels }, limits) => {
    const changes: string[] = [];
    for (const { name, tile, elements } of shown) {
      const level = levels[name];
      const word = tile.words?.[level] ?? words[level];
      setText(elements.value, tile.format(figures[name]));
      setText(elements.detail, tile.detail(figures, limits));
      setText(elements.level, word);
      elements.card.dataset['level'] = level;
      const last = before.get(name);
      before.set(name, level);
      if (last !== undefined && last !== level) changes.push(`${tile.label}: ${word.replace(/^[✓▲✕] /, '')}`);
    }
    if (changes.length > 0) setText(announcer, `${changes.join('. ')}.`);
    browser.document.title = titleOf(Object.values(levels));
  };
}

/** The worst level, for whoever has the page in a tab behind others. */
function titleOf(levels: readonly Level[]): string {
  const mark = levels.includes('beyond') ? '✕ ' : levels.includes('close') ? '▲ ' : '';
  return `${mark}perfkit serve`;
}

function isTileName(name: string): name is TileName {
  return Object.hasOwn(tiles, name);
}

function elementsOf(name: TileName): TileElements {
  return {
    card: byId(`tile-${name}`),
    value: byId(`value-${name}`),
    level: byId(`level-${name}`),
    detail: byId(`detail-${name}`),
  };
}
