import type { Patterns } from '../data/patterns.ts';
import type { LiveServer } from '../live/live-server.ts';
import type { LivePriority } from '../live/priorities.ts';
import type { InstanceBus } from './instance-bus.ts';

/**
 * Patterns whose caches in other processes forget what is written here, before the write is acknowledged; and those
 * here what is written there. bus null: there are no others.
 */
export function sharePatterns(patterns: Patterns, bus: InstanceBus | null): Patterns {
  if (bus === null) return patterns;
  bus.on('patterns', async (ids) => {
    if (isTexts(ids)) await patterns.forget(ids);
  });
  return {
    ...patterns,
    async put(list) {
      try {
        await patterns.put(list);
      } finally {
        // Also when it failed: some of them may be stored.
        await bus.tell(
          'patterns',
          list.map(({ id }) => id),
        );
      }
    },
  };
}

/** Messages of conversations, for those who subscribed to them at another instance. */
export const shareLive = {
  tell(bus: InstanceBus | null) {
    return (conversation: string, priority: LivePriority, dataJson: string): void =>
      void bus?.tell('live', [conversation, priority, dataJson]);
  },
  hear(bus: InstanceBus | null, live: Pick<LiveServer, 'deliver'>): void {
    bus?.on('live', (data) => {
      if (!isTexts(data)) return;
      const [conversation = '', priority, dataJson = 'null'] = data;
      if (priority === 'high' || priority === 'medium' || priority === 'low') {
        live.deliver(conversation, priority, dataJson);
      }
    });
  },
};

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}
