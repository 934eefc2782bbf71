import { PerfkitError } from '../model/errors.ts';
import { builtInServers } from './index.ts';
import type { BuiltInServerOptions, StartBuiltInServer } from './built-in-server.ts';

/**
 * The process of a built-in server: `serve NAME [OPTIONS as JSON]` listens on a free loopback port, tells it to the parent and ends
 * when the parent goes.
 */
const name = process.argv[2] ?? '';
const start = Object.hasOwn(builtInServers, name) ? builtInServers[name] : undefined;
if (start === undefined) {
  refuse(`Expected one of ${Object.keys(builtInServers).join(', ')}, got ${name}`);
} else {
  await serve(start, optionsFrom(process.argv[3] ?? '{}'));
}

async function serve(begin: StartBuiltInServer, options: BuiltInServerOptions): Promise<void> {
  // Ctrl-C goes to the whole group: the run that ends must still find its server
  process.on('SIGINT', () => undefined);
  let stop = async (): Promise<void> => undefined;
  // an orphan would hold its port for ever
  process.once('disconnect', () => void end(() => stop()));
  try {
    const server = await begin(options);
    stop = server.stop;
    if (process.connected) process.send?.({ port: server.port });
    else await end(stop);
  } catch (error) {
    if (!(error instanceof PerfkitError)) throw error;
    refuse(error.message);
  }
}

/** They were checked when the run was planned. */
function optionsFrom(json: string): BuiltInServerOptions {
  const options: unknown = JSON.parse(json);
  const given = typeof options === 'object' && options !== null ? Object.entries(options) : [];
  return Object.fromEntries(given.filter(([, value]) => /^(?:string|number|boolean)$/.test(typeof value)));
}

async function end(stop: () => Promise<void>): Promise<never> {
  try {
    await stop();
  } finally {
    // oxlint-disable-next-line unicorn/no-process-exit -- connections of a parent that has gone must not hold the process
    process.exit();
  }
}

function refuse(message: string): void {
  process.stderr.write(`${message}\n`);
  process.exitCode = 2;
  if (process.connected) process.disconnect();
}
