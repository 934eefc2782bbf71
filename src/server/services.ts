import type { Registry } from 'prom-client';
import type { Chat } from './chat/chat.ts';
import type { ServerConfig } from './config/server-config.ts';
import type { Conversations } from './data/conversations.ts';
import type { Patterns } from './data/patterns.ts';
import type { JobQueue } from './jobs/job-queue.ts';
import type { LiveServer } from './live/live-server.ts';
import type { ErrorCounts } from './monitoring/error-counts.ts';
import type { Monitoring } from './monitoring/monitoring.ts';
import type { SyncService } from './sync/sync-service.ts';
import type { Corpus } from './work/corpus.ts';

/** What the routes of a server work with. */
export interface Services {
  readonly config: ServerConfig;
  readonly corpus: Corpus;
  readonly chat: Chat;
  readonly conversations: Conversations;
  readonly patterns: Patterns;
  readonly sync: SyncService;
  readonly jobs: JobQueue;
  readonly live: LiveServer;
  readonly metrics: Registry;
  /** null: PERFORMANCE_MONITORING is off. */
  readonly monitoring: Monitoring | null;
  readonly errors: ErrorCounts;
  readonly now: () => number;
  readonly today: () => number;
  readonly isStopping: () => boolean;
}
