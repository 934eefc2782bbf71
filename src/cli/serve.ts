import { PerfkitError, exitCodes, messageOf } from '../model/errors.ts';
import { formatDurationNs } from '../model/units.ts';
import { startAppServer } from '../server/app-server.ts';
import type { AppServer } from '../server/app-server.ts';
import { printConfig } from '../server/config/print-config.ts';
import { resolveConfig } from '../server/config/resolve-config.ts';
import type { ConfigInput } from '../server/config/resolve-config.ts';
import type { ResolvedConfig } from '../server/config/server-config.ts';
import { openDataFolder } from '../server/data/data-folder.ts';
import { systemPorts } from '../server/system-ports.ts';

export interface ServeOptions extends Pick<ConfigInput, 'options' | 'profile' | 'preset'> {
  readonly port: number;
  readonly data?: string;
  readonly json?: boolean;
}

/** Serve until a signal comes. Resolves to the exit code when everything is closed. Throws PerfkitError when it cannot start. */
export async function serve({ port, data, json = false, ...input }: ServeOptions): Promise<number> {
  if (port > 65_535) throw new PerfkitError('usage', `--port: expected a port from 0 to 65535, got ${port}`);
  const resolved = resolveConfig({ ...input, environment: process.env });
  const folder = openDataFolder(data ?? null);
  const stopped = listenForStop();
  try {
    const server = await startOn(port, resolved, folder.path);
    process.stdout.write(json ? announceJson(server, resolved) : announce(server, resolved, folder.path));
    await stopped.signalled;
    process.stderr.write('Stopping: requests under way may end. Once more quits at once.\n');
    await server.stop();
    return exitCodes.pass;
  } finally {
    stopped.dispose();
    folder.remove();
  }
}

async function startOn(port: number, { config }: ResolvedConfig, dataFolder: string): Promise<AppServer> {
  const ports = systemPorts((line) => void process.stderr.write(`${line}\n`));
  try {
    return await startAppServer({ config, ports, dataFolder, port });
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

function announce({ port, measureWork }: AppServer, resolved: ResolvedConfig, dataFolder: string): string {
  const { medianMs, p90Ms, answers } = measureWork();
  return (
    `perfkit serve: http://127.0.0.1:${port}, WebSockets at /live and /frames, data in ${dataFolder}\n` +
    `work: an answer that is not cached takes ${formatDurationNs(medianMs * 1e6)} of CPU ` +
    `(median of ${answers}, p90 ${formatDurationNs(p90Ms * 1e6)})\n` +
    printConfig(resolved)
  );
}

function announceJson({ port, measureWork }: AppServer, { profile, preset, config }: ResolvedConfig): string {
  const origin = `http://127.0.0.1:${port}`;
  return `${JSON.stringify({ origin, port, profile, preset, config, work: measureWork() })}\n`;
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
