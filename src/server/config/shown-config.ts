import type { ServerConfig } from './server-config.ts';
import { texts } from './texts.ts';

/** The configuration as it may be shown to others: without passwords. */
export function shownConfig(config: ServerConfig): ServerConfig {
  return { ...config, redis: config.redis === '' ? '' : texts.redis.print(config.redis) };
}
