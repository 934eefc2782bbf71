import { PerfkitError, exitCodes, messageOf } from '../model/errors.ts';
import { formatDurationNs } from '../model/units.ts';
import { printConfig } from '../server/config/print-config.ts';
import { resolveConfig } from '../server/config/resolve-config.ts';
import type { ConfigInput } from '../server/config/resolve-config.ts';
import type { ResolvedConfig } from '../server/config/server-config.ts';
import { shownConfig } from '../server/config/shown-config.ts';
import { openDataFolder } from '../server/data/data-folder.ts';
import { startServer } from '../server/instances/start-server.ts';
import type { RunningServer, ServerOptions } from '../server/instances/start-server.ts';
import type { LogFormat, RecordEvent } from '../server/monitoring/log-event.ts';
import { systemPorts } from '../server/system-ports.ts';

export interface ServeOptions extends Pick<ConfigInput, 'options' | 'profile' | 'preset'> {
  readonly port: number;
  readonly data?: string;
  readonly json?: boolean;
  /** How events are written to stderr. @default text */
  readonly log?: LogFormat;
  /** Show a page of figures to whoever has the link that is printed. @default true */
  readonly dashboard?: boolean;
}

/** Serve until a signal comes. Resolves to the exit code when everything is closed. Throws PerfkitError when it cannot start. */
export async function serve({
  port,
  data,
  json = false,
  log = 'text',
  dashboard = true,
  ...input
}: ServeOptions): Promise<number> {
  if (port > 65_535) throw new PerfkitError('usage', `--port: expected a port from 0 to 65535, got ${port}`);
  const resolved = resolveConfig({ ...input, environment: process.env });
  const folder = openDataFolder(data ?? null);
  const stopped = listenForStop();
  try {
    const ports = systemPorts((line) => void process.stderr.write(`${line}\n`), log);
    const server = await startOn({
      port,
      config: resolved.config,
      dataFolder: folder.path,
      ports,
      dashboard,
      logFormat: log,
    });
    process.stdout.write(json ? announceJson(server, resolved) : announce(server, resolved, folder.path));
    const measuring = ports.timers.setTimeout(() => void tellWork(server, ports.record), measureAfterMs);
    await stopped.signalled;
    ports.timers.clearTimeout(measuring);
    ports.record({
      level: 'info',
      event: 'stopping',
      message: 'Stopping: requests under way may end. Once more quits at once.',
    });
    await server.stop();
    return exitCodes.pass;
  } finally {
    stopped.dispose();
    folder.remove();
  }
}

/** The answerer is ready by then, and a client that waited for the address has asked what it wanted first. */
const measureAfterMs = 250;

interface StartOptions extends ServerOptions {
  readonly port: number;
}

async function startOn(options: StartOptions): Promise<RunningServer> {
  const { port, dataFolder } = options;
  try {
    return await startServer(options);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'EADDRINUSE' || code === 'EACCES') {
      throw new PerfkitError(
        'usage',
        `--port: expected a port to listen on, got ${port}: ${messageOf(error)}`,
        {
          cause: error,
        },
      );
    }
    if (code === 'ERR_SQLITE_ERROR') {
      throw new PerfkitError(
        'io',
        `--data: expected databases of this server in ${dataFolder}: ${messageOf(error)}`,
        {
          cause: error,
        },
      );
    }
    throw error;
  }
}

function announce(
  { port, dashboardLink }: RunningServer,
  resolved: ResolvedConfig,
  dataFolder: string,
): string {
  return (
    `perfkit serve: http://127.0.0.1:${port}, WebSockets at /live and /frames, data in ${dataFolder}\n` +
    (dashboardLink === null ? '' : `dashboard: http://127.0.0.1:${port}${dashboardLink}\n`) +
    printConfig(resolved)
  );
}

function announceJson(
  { port, dashboardLink }: RunningServer,
  { profile, preset, config }: ResolvedConfig,
): string {
  const origin = `http://127.0.0.1:${port}`;
  const dashboard = dashboardLink === null ? null : `${origin}${dashboardLink}`;
  return `${JSON.stringify({ origin, port, dashboard, profile, preset, config: shownConfig(config) })}\n`;
}

/** After the start, so that nobody waits for it: what the server's work costs on this machine. */
async function tellWork({ measureWork }: RunningServer, record: RecordEvent): Promise<void> {
  try {
    const { medianMs, p90Ms, answers } = await measureWork();
    record({
      level: 'info',
      event: 'work_measured',
      message:
        `work: an answer that is not cached takes ${formatDurationNs(medianMs * 1e6)} of CPU ` +
        `(median of ${answers}, p90 ${formatDurationNs(p90Ms * 1e6)})`,
      fields: { medianMs, p90Ms, answers },
    });
  } catch (error) {
    record({ level: 'warn', event: 'work_unknown', message: `the cost of an answer: ${messageOf(error)}` });
  }
}

interface Stop {
  readonly signalled: Promise<void>;
  readonly dispose: () => void;
}

/** The first SIGINT, SIGTERM or SIGHUP; the second ends the process at once. */
function listenForStop(): Stop {
  const { promise, resolve } = Promise.withResolvers<void>();
  let count = 0;
  const on = (signal: NodeJS.Signals): void => {
    count++;
    // oxlint-disable-next-line unicorn/no-process-exit -- asked twice: clean-up must not hold them
    if (count > 1) process.exit(signal === 'SIGINT' ? exitCodes.interrupted : exitCodes.terminated);
    resolve();
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, on);
  return {
    signalled: promise,
    dispose: () => {
      for (const signal of signals) process.off(signal, on);
    },
  };
}
