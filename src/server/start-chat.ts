import { startAppServer } from './app-server.ts';
import type { BuiltInServer } from './built-in-server.ts';
import { resolveConfig } from './config/resolve-config.ts';
import { openDataFolder } from './data/data-folder.ts';
import { systemPorts } from './system-ports.ts';

/** The run is over: who still waits then waits in vain. */
const drainMs = 1_000;

/** `builtin:chat`: the reference server on temporary data, configured by the environment. Throws PerfkitError for a bad variable. */
export async function startChat(): Promise<BuiltInServer> {
  const { config } = resolveConfig({ environment: process.env });
  const folder = openDataFolder(null);
  try {
    const { port, stop } = await startAppServer({
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
