import { PerfkitError, messageOf } from '../../model/errors.ts';
import type { FromChild, ToChild } from './child-messages.ts';
import { redirectPackage } from '../subjects/redirect-package.ts';
import { runRound } from './round.ts';

// The process that measures one round: it gets the task over IPC, answers, and ends. Nothing else runs in it, and it
// ends with its parent.

const abort = new AbortController();

// An interrupt at the terminal goes to the whole group; the parent decides what it means and says so.
process.on('SIGINT', () => undefined);
process.on('disconnect', exit);
process.on('uncaughtException', (error) => finish(failure(error, 'failed outside of an operation: ')));
process.on('unhandledRejection', (reason) => finish(failure(reason, 'left a rejected promise unhandled: ')));

process.on('message', (message: ToChild) => {
  if (message.kind === 'abort') abort.abort();
  else void run(message);
});
send({ kind: 'ready' });

async function run({ plan, task }: Extract<ToChild, { kind: 'run' }>): Promise<void> {
  try {
    const redirected = redirectPackage(task.extras?.package ?? null);
    const onMeasuring = (): void => send({ kind: 'measuring' });
    const result = await runRound(plan, task, { signal: abort.signal, onMeasuring });
    redirected.check(task.subject.name);
    finish({ kind: 'result', result });
  } catch (error) {
    finish(failure(error, 'failed: '));
  }
}

function failure(error: unknown, prefix: string): FromChild {
  if (error instanceof PerfkitError) return { kind: 'failed', code: error.code, message: error.message };
  const name = error instanceof Error && error.name !== 'Error' ? `${error.name}: ` : '';
  return { kind: 'failed', code: 'target', message: `${prefix}${name}${messageOf(error)}` };
}

function finish(message: FromChild): void {
  send(message, exit);
}

function send(message: FromChild, done?: () => void): void {
  process.send?.(message, undefined, undefined, () => done?.());
}

/** A subject may keep the event loop busy for ever (open sockets, intervals), so the process has to be ended. */
function exit(): void {
  // oxlint-disable-next-line unicorn/no-process-exit -- the entry point of a process of its own
  process.exit();
}
