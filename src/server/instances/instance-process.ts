import { PerfkitError, messageOf } from '../../model/errors.ts';
import { startAppServer } from '../app-server.ts';
import type { AppServer } from '../app-server.ts';
import { systemPorts } from '../system-ports.ts';
import { createBusEnd } from './instance-bus.ts';
import { isToInstance } from './instance-messages.ts';
import type { FromInstance, InstanceOrder, ToInstance } from './instance-messages.ts';

// An instance: a reference server in a process of its own, told what to do by the one that started it.

// They go to the whole group; the parent says when to stop, after the requests that it has passed on.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

const { bus, receive } = createBusEnd(send);
let starting: Promise<AppServer> | null = null;
process.on('message', (message) => {
  if (isToInstance(message)) void obey(message);
});
// An orphan would hold its port and the data for ever.
process.once('disconnect', () => void end());

async function obey(message: ToInstance): Promise<void> {
  switch (message.kind) {
    case 'start':
      await start(message.order);
      return;
    case 'measure':
      if (starting !== null) send({ kind: 'work', cost: await (await starting).measureWork() });
      return;
    case 'stop':
      await end();
      return;
    default:
      await receive(message);
  }
}

async function start({ id, config, dataFolder, logFormat }: InstanceOrder): Promise<void> {
  const prefix = logFormat === 'text' ? `instance ${id}: ` : '';
  const ports = systemPorts((line) => void process.stderr.write(`${prefix}${line}\n`), logFormat);
  starting = startAppServer({ config, ports, dataFolder, instance: { id, bus } });
  try {
    send({ kind: 'ready', port: (await starting).port });
  } catch (error) {
    send({ kind: 'failed', message: messageOf(error) });
    if (!(error instanceof PerfkitError)) process.stderr.write(`${prefix}${stackOf(error)}\n`);
    process.exitCode = 2;
    process.disconnect();
  }
}

async function end(): Promise<never> {
  let code = process.exitCode ?? 0;
  try {
    await (await starting)?.stop();
  } catch (error) {
    process.stderr.write(`${stackOf(error)}\n`);
    code = 1;
  }
  // oxlint-disable-next-line unicorn/no-process-exit -- connections that are left must not hold the process
  process.exit(code);
}

function send(message: FromInstance): void {
  if (process.connected) process.send?.(message);
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
