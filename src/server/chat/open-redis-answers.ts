import { MissingLevelDriverError, createRedisLevel, jsonSerializer } from '../../components/cache/index.ts';
import { PerfkitError } from '../../model/errors.ts';
import type { ServerConfig } from '../config/server-config.ts';
import type { Ports } from '../ports.ts';
import { BadEntryError, openAbsentLevel } from './absent-level.ts';
import type { AbsentLevel } from './absent-level.ts';
import { isChatAnswer } from './chat-answer.ts';
import type { ChatAnswer } from './chat-answer.ts';

/**
 * Answers in the Redis of `config.redis`, which may be away, also now. Throws PerfkitError when its driver is not
 * installed.
 */
export async function openRedisAnswers(
  config: Pick<ServerConfig, 'redis' | 'redisTimeoutMs' | 'passages'>,
  { now, log }: Pick<Ports, 'now' | 'log'>,
): Promise<AbsentLevel<ChatAnswer>> {
  const json = jsonSerializer<unknown>();
  let missing: MissingLevelDriverError | null = null;
  const level = await openAbsentLevel<ChatAnswer>({
    name: 'redis',
    now,
    log,
    async connect() {
      try {
        return await createRedisLevel<ChatAnswer>({
          connection: config.redis,
          // Servers with another corpus have other answers.
          prefix: `perfkit:answers:1:${config.passages}:`,
          timeoutMs: config.redisTimeoutMs,
          serializer: {
            encode: (value) => json.encode(value),
            decode(bytes) {
              const value = parsed(() => json.decode(bytes));
              if (isChatAnswer(value)) return value;
              throw new BadEntryError('Expected an answer in Redis, got something else');
            },
          },
        });
      } catch (error) {
        if (error instanceof MissingLevelDriverError) missing = error;
        throw error;
      }
    },
  });
  if (missing !== null) {
    throw new PerfkitError(
      'usage',
      '--redis: expected the package `ioredis` beside perfkit; install it (npm install ioredis), or leave --redis out',
      { cause: missing },
    );
  }
  return level;
}

function parsed(parse: () => unknown): unknown {
  try {
    return parse();
  } catch (cause) {
    throw new BadEntryError('Expected JSON in Redis, got something else', { cause });
  }
}
