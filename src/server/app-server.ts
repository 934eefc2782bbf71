import { randomBytes } from 'node:crypto';
import { Registry } from 'prom-client';
import { createChat } from './chat/chat.ts';
import { openRedisAnswers } from './chat/open-redis-answers.ts';
import type { ServerConfig } from './config/server-config.ts';
import { createConversations } from './data/conversations.ts';
import { openData } from './data/open-data.ts';
import { createSyncRecords } from './data/sync-records.ts';
import { createSyncService } from './sync/sync-service.ts';
import { createAppHttpServer } from './http/app-http-server.ts';
import { createEncoder } from './http/encoder.ts';
import { appRoutes } from './http/routes/index.ts';
import type { InstanceBus } from './instances/instance-bus.ts';
import { sharePatterns, shareLive } from './instances/share-changes.ts';
import { createJobQueue } from './jobs/job-queue.ts';
import { createJobRunner } from './jobs/job-runner.ts';
import { createJobWork } from './jobs/job-work.ts';
import { createLiveServer } from './live/live-server.ts';
import { startMaintenance } from './maintenance.ts';
import { createAppDashboard } from './dashboard/app-dashboard.ts';
import { countAnswers } from './dashboard/count-answers.ts';
import { createDocumentedMetrics } from './metrics/documented-metrics.ts';
import { createFrameRate } from './metrics/frame-rate.ts';
import { createPartMeter } from './metrics/metered-parts.ts';
import { createCallTimes } from './metrics/call-times.ts';
import { createRequestMetrics } from './metrics/request-metrics.ts';
import { addPullMetric } from './metrics/pull-metric.ts';
import { redisMetrics } from './metrics/redis-metrics.ts';
import { registerMetrics } from './metrics/register-metrics.ts';
import { createErrorCounts } from './monitoring/error-counts.ts';
import { metricsEvent } from './monitoring/metrics-event.ts';
import type { RecordEvent } from './monitoring/log-event.ts';
import { startMonitoring } from './monitoring/monitoring.ts';
import { withAskFailures, withFailures, withJobFailures } from './monitoring/tell-failures.ts';
import { printLogEventAsText } from './monitoring/print-log-event.ts';
import { createCleanUps } from './clean-ups.ts';
import type { CleanUps } from './clean-ups.ts';
import type { Ports } from './ports.ts';
import type { Services } from './services.ts';
import { createUpstream } from './upstream/upstream.ts';
import type { UpstreamAddress } from './upstream/upstream-connection.ts';
import { startModuleThread } from './upstream/start-module-thread.ts';
import { createAnswerTurns } from './work/answer-turns.ts';
import { createAnswerer } from './work/answerer.ts';
import { createCorpus } from './work/corpus.ts';
import { slowedAnswerer } from './work/slowed-answerer.ts';
import { createLateAnswerer } from './work/late-answerer.ts';
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
  /** When several processes serve the same data. */
  readonly instance?: { readonly id: number; readonly bus: InstanceBus };
  /** Show a page of figures to whoever has its token. @default false */
  readonly dashboard?: boolean;
}

export interface AppServer {
  readonly port: number;
  /** Path of the dashboard, with the token that lets one in; null without a dashboard. */
  readonly dashboardLink: string | null;
  /** Measures, on this thread, what an answer costs that no cache has: some 100 ms, in many turns of the event loop. */
  readonly measureWork: () => Promise<WorkCost>;
  /**
   * Let what is under way end (for up to `drainMs`), then close everything. What was acknowledged is on disk. A second
   * call waits for the first.
   */
  readonly stop: () => Promise<void>;
}

const corpusSeed = 1;
/** The answerer is made so long after the start, or when the first question comes. */
const prepareAfterMs = 100;

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
  {
    config,
    ports,
    dataFolder,
    port = 0,
    upstream: address,
    instance,
    dashboard: isShown = false,
  }: AppServerOptions,
  cleanUps: CleanUps,
): Promise<AppServer> {
  const { now, timers, nextTurn, today, log } = ports;
  const record: RecordEvent = ports.record ?? ((event) => log(printLogEventAsText(event)));
  const metrics = new Registry();
  const frameRate = createFrameRate();
  const errors = createErrorCounts({ now, today, record });
  const documented = createDocumentedMetrics(metrics, {
    answerHits: () => chat.stats()['messages']?.hits ?? 0,
    deltaSyncs: () => sync.stats().delta,
    framesPerSecond: frameRate.perSecond,
  });
  const metered = createPartMeter(documented, now);
  // The thread starts while this one makes its corpus and opens the databases.
  const module = address === undefined ? startModule(config, ports, cleanUps) : Promise.resolve(address);
  const corpus = createCorpus(corpusSeed, config.passages);
  const lateAnswerer = createLateAnswerer(() => createAnswerer(corpus));
  const answerer = slowedAnswerer(lateAnswerer, config.slowInstance);
  const data = await openData(dataFolder, {
    config,
    corpus,
    ports,
    cleanUps,
    fillLate: instance === undefined,
  });
  const { database, writer } = data;
  const bus = instance?.bus ?? null;
  const patterns = metered.patterns(sharePatterns(data.patterns, bus));
  const upstream = createUpstream(config, {
    address: await module,
    now,
    timers,
    onAnswer: createCallTimes(metrics),
  });
  cleanUps.add(() => upstream.close());

  const conversations = metered.conversations(createConversations(database, writer));
  const redis = config.cache && config.redis !== '' ? await openRedisAnswers(config, { now, log }) : null;
  cleanUps.add(() => redis?.close());
  const answererOfChat = metered.answerer(answerer);
  const { chat, answered } = countAnswers(
    createChat(
      {
        answerer:
          nextTurn === undefined
            ? answererOfChat
            : createAnswerTurns(answererOfChat, { now, nextTurn, msToUrgent: () => live.msToNextFrame() }),
        upstream: withFailures(upstream, (where, error) => errors.add('upstream', where, error)),
        conversations,
        sharedAnswers: redis,
      },
      config,
      ports,
    ),
  );
  const encoder = config.compression ? createEncoder() : null;
  const sync = createSyncService(createSyncRecords(database, writer), config, { encoder, now });
  const live = createLiveServer(
    config,
    {
      now,
      timers,
      ...(nextTurn !== undefined && { nextTurn }),
      onFrame: frameRate.tick,
      onFailure: (error) => errors.add('live', 'message', error),
      onPublish: shareLive.tell(bus),
    },
    withAskFailures(chat.ask, (where, error) => errors.add('live', where, error)),
  );
  shareLive.hear(bus, live);
  const runner = metered.runner(
    createJobRunner(config, { seed: corpusSeed, passages: config.passages }, answerer),
  );
  cleanUps.add(() => runner.close());
  const work = createJobWork({ runner, conversations, live, today });
  const run = withJobFailures(work, (where, error) => errors.add('job', where, error));
  const jobs = createJobQueue(
    config,
    { run, idPrefix: instance === undefined ? '' : `${instance.id}-` },
    ports,
  );
  cleanUps.add(() => jobs.close());

  const parts = { chat, patterns, sync, jobs, live };
  const monitoring = config.monitoring
    ? startMonitoring(config, { ...parts, upstream, writer }, { now, timers, today, record })
    : null;
  cleanUps.add(() => monitoring?.stop());
  let stopping: Promise<void> | null = null;
  const isStopping = (): boolean => stopping !== null;
  const told = { metrics, monitoring, errors };
  const services: Services = { ...parts, ...told, config, corpus, conversations, now, today, isStopping };
  const observe = createRequestMetrics(metrics);
  const shown = { ...parts, upstream, monitoring, answered, connections: () => http.connections() };
  const dashboard = isShown ? createAppDashboard(shown, config, ports) : null;
  const routes = [...appRoutes(services), ...(dashboard?.routes ?? [])];
  const http = createAppHttpServer({
    config,
    encoder,
    now,
    timers,
    log: (line) => record({ level: 'error', event: 'defect', message: line }),
    upgrade(request, socket, head) {
      if (dashboard?.upgrade(request, socket, head) !== true) live.upgrade(request, socket, head);
    },
    routes,
    observe(route, status, durationMs) {
      observe(route, status, durationMs);
      monitoring?.replied(status, durationMs);
      dashboard?.replied(route, durationMs);
    },
    onFailure: (where, error, status) => errors.add('http', where, error, status),
  });
  registerMetrics(metrics, { ...parts, upstream, writer, http, encoder, monitoring, errors }, today);
  if (redis !== null) for (const metric of redisMetrics(redis.stats)) addPullMetric(metrics, metric);
  const logMetrics =
    monitoring === null ? null : () => record(metricsEvent({ ...parts, upstream, monitoring }));
  const maintenance = startMaintenance(config, ports, { live, logMetrics });
  cleanUps.add(() => maintenance.stop());
  cleanUps.add(() => http.stop());
  // Before http.stop, which waits for the connections that its clients hold.
  cleanUps.add(() => live.close());
  dashboard?.start();
  cleanUps.add(() => dashboard?.close());
  const opened = await http.open(port);
  // Not before: whoever waits for the server, and asks nothing yet, is not to wait for this.
  const preparing = timers.setTimeout(lateAnswerer.prepare, prepareAfterMs);
  preparing.unref();
  cleanUps.add(() => timers.clearTimeout(preparing));
  return {
    port: opened,
    dashboardLink: dashboard?.link ?? null,
    measureWork: () => measureWork(corpus, answerer, { now, ...(nextTurn !== undefined && { nextTurn }) }),
    stop: () => (stopping ??= cleanUps.run()),
  };
}

/** Resolves to where the module service listens, in a thread of this process. */
function startModule(
  { passages }: ServerConfig,
  { timers, now, log }: Ports,
  cleanUps: CleanUps,
): Promise<UpstreamAddress> {
  const key = randomBytes(32);
  const starting = startModuleThread({ seed: corpusSeed, passages, key }, { timers, now, log });
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
