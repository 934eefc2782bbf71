import { randomBytes } from 'node:crypto';
import { createChat } from './chat/chat.ts';
import type { ServerConfig } from './config/server-config.ts';
import { createConversations } from './data/conversations.ts';
import { openData } from './data/open-data.ts';
import { createSyncRecords } from './data/sync-records.ts';
import { createSyncService } from './sync/sync-service.ts';
import { createAppHttpServer } from './http/app-http-server.ts';
import { createEncoder } from './http/encoder.ts';
import { appRoutes } from './http/routes/index.ts';
import { createJobQueue } from './jobs/job-queue.ts';
import { createJobRunner } from './jobs/job-runner.ts';
import { createJobWork } from './jobs/job-work.ts';
import { createLiveServer } from './live/live-server.ts';
import { startMaintenance } from './maintenance.ts';
import { createMetricRegistry } from './metrics/metric-registry.ts';
import { createRequestMetrics } from './metrics/request-metrics.ts';
import { registerMetrics } from './metrics/register-metrics.ts';
import { createCleanUps } from './clean-ups.ts';
import type { CleanUps } from './clean-ups.ts';
import type { Ports } from './ports.ts';
import type { Services } from './services.ts';
import { createUpstream } from './upstream/upstream.ts';
import type { UpstreamAddress } from './upstream/upstream-connection.ts';
import { startModuleThread } from './upstream/start-module-thread.ts';
import { createAnswerer } from './work/answerer.ts';
import { createCorpus } from './work/corpus.ts';
import { measureWork } from './work/measure-work.ts';
import type { WorkCost } from './work/measure-work.ts';

export interface AppServerOptions {
  readonly config: ServerConfig;
  readonly ports: Ports;
  /** A folder that exists; the databases are kept there, and filled when they are not. */
  readonly dataFolder: string;
  /** 0: a free one. @default 0 */
  readonly port?: number;
  /** A module service that runs already; else one is started in a thread. */
  readonly upstream?: UpstreamAddress;
}

export interface AppServer {
  readonly port: number;
  /** Measures, on this thread, what an answer costs that no cache has: some 100 ms. */
  readonly measureWork: () => WorkCost;
  /**
   * Let what is under way end (for up to `drainMs`), then close everything. What was acknowledged is on disk. A second
   * call waits for the first.
   */
  readonly stop: () => Promise<void>;
}

const corpusSeed = 1;

/**
 * The reference server: chat, conversation state, patterns, delta sync, background jobs, streams and WebSockets, on the
 * loopback. Rejects when it cannot start; then nothing of it is left running.
 */
export async function startAppServer(options: AppServerOptions): Promise<AppServer> {
  const cleanUps = createCleanUps();
  try {
    return await start(options, cleanUps);
  } catch (error) {
    await cleanUps.run();
    throw error;
  }
}

async function start(
  { config, ports, dataFolder, port = 0, upstream: address }: AppServerOptions,
  cleanUps: CleanUps,
): Promise<AppServer> {
  const { now, timers, today, log } = ports;
  // The thread makes its corpus while this one makes its own.
  const module = address === undefined ? startModule(config, cleanUps) : Promise.resolve(address);
  const corpus = createCorpus(corpusSeed, config.passages);
  const answerer = createAnswerer(corpus);
  const { database, writer, patterns } = await openData(dataFolder, { config, corpus, ports, cleanUps });
  const upstream = createUpstream(config, { address: await module, now, timers });
  cleanUps.add(() => upstream.close());

  const conversations = createConversations(database, writer);
  const chat = createChat({ answerer, upstream, conversations }, config, ports);
  const encoder = config.compression ? createEncoder() : null;
  const sync = createSyncService(createSyncRecords(database, writer), config, { encoder, now });
  const live = createLiveServer(config, ports, chat.ask);
  const runner = createJobRunner(config, { seed: corpusSeed, passages: config.passages }, answerer);
  cleanUps.add(() => runner.close());
  const jobs = createJobQueue(config, { run: createJobWork({ runner, conversations, live, today }) }, ports);
  cleanUps.add(() => jobs.close());

  const metrics = createMetricRegistry();
  const parts = { chat, patterns, sync, jobs, live };
  let stopping: Promise<void> | null = null;
  const isStopping = (): boolean => stopping !== null;
  const services: Services = { ...parts, config, corpus, conversations, metrics, now, today, isStopping };
  const { observe, meanMs } = createRequestMetrics(metrics);
  const routes = appRoutes(services);
  const http = createAppHttpServer({
    config,
    encoder,
    now,
    timers,
    log,
    upgrade: live.upgrade,
    routes,
    observe,
  });
  registerMetrics(metrics, { ...parts, upstream, writer, http, encoder });
  const maintenance = startMaintenance(config, ports, { live, upstream, chat, responses: meanMs });
  cleanUps.add(() => maintenance.stop());
  cleanUps.add(() => http.stop());
  // Before http.stop, which waits for the connections that its clients hold.
  cleanUps.add(() => live.close());
  return {
    port: await http.open(port),
    measureWork: () => measureWork(corpus, answerer, now),
    stop: () => (stopping ??= cleanUps.run()),
  };
}

/** Resolves to where the module service listens, in a thread of this process. */
function startModule({ passages }: ServerConfig, cleanUps: CleanUps): Promise<UpstreamAddress> {
  const key = randomBytes(32);
  const starting = startModuleThread({ seed: corpusSeed, passages, key });
  // Waited for later; a failure before that must not count as unhandled.
  starting.catch(() => undefined);
  cleanUps.add(async () => {
    const [result] = await Promise.allSettled([starting]);
    if (result.status === 'fulfilled') await result.value.stop();
  });
  const address = starting.then(({ port }) => ({ port, key }));
  address.catch(() => undefined);
  return address;
}
