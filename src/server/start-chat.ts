import type { BuiltInServer, BuiltInServerOptions } from './built-in-server.ts';
import { resolveConfig } from './config/resolve-config.ts';
import { openDataFolder } from './data/data-folder.ts';
import { startServer } from './instances/start-server.ts';
import { systemPorts } from './system-ports.ts';

/** The run is over: who still waits then waits in vain. */
const drainMs = 1_000;

/**
 * `builtin:chat`: the reference server on temporary data, configured by options and the environment. Throws PerfkitError
 * for a bad one.
 */
export async function startChat({
  profile,
  preset,
  ...options
}: BuiltInServerOptions): Promise<BuiltInServer> {
  const { config } = resolveConfig({
    environment: process.env,
    options: textsOf(options),
    ...(profile !== undefined && { profile: String(profile) }),
    ...(preset !== undefined && { preset: String(preset) }),
  });
  const folder = openDataFolder(null);
  try {
    const { port, stop } = await startServer({
      config: { ...config, drainMs: Math.min(config.drainMs, drainMs) },
      ports: systemPorts((line) => void process.stderr.write(`${line}\n`)),
      dataFolder: folder.path,
    });
    return {
      port,
      stop: async () => {
        await stop();
        folder.remove();
      },
    };
  } catch (error) {
    folder.remove();
    throw error;
  }
}

function textsOf(options: BuiltInServerOptions): Record<string, string | boolean> {
  return Object.fromEntries(
    Object.entries(options).map(([name, value]) => [name, typeof value === 'number' ? String(value) : value]),
  );
}
