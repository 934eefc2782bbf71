import { stat } from 'node:fs/promises';
import { PerfkitError, messageOf } from '../../model/errors.ts';
import type { FromChild, ToChild } from './child-messages.ts';
import { redirectPackage } from '../subjects/redirect-package.ts';
import { runRound } from './round.ts';

// The process that measures one round: it gets the task over IPC, answers, and ends. Nothing else runs in it, and it
// ends with its parent.

const abort = new AbortController();
let goOn = (): void => undefined;

// An interrupt at the terminal goes to the whole group; the parent decides what it means and says so.
process.on('SIGINT', () => undefined);
process.on('disconnect', exit);
process.on('uncaughtException', (error) => finish(failure(error, 'failed outside of an operation: ')));
process.on('unhandledRejection', (reason) => finish(failure(reason, 'left a rejected promise unhandled: ')));

process.on('message', (message: ToChild) => {
  if (message.kind === 'run') void run(message);
  else {
    if (message.kind === 'abort') abort.abort();
    goOn();
  }
});
send({ kind: 'ready' });

async function run({ plan, task }: Extract<ToChild, { kind: 'run' }>): Promise<void> {
  try {
    const redirected = redirectPackage(task.extras?.package ?? null);
    const onMeasuring = (): void => send({ kind: 'measuring' });
    const turns = task.extras?.turns === true;
    // the thread pool is there before the main thread is kept on one core, and so stays free
    if (turns) await stat('.');
    const hooks = { signal: abort.signal, onMeasuring, ...(turns && { passTurn }) };
    const result = await runRound(plan, task, hooks);
    redirected.check(task.subject.name);
    finish({ kind: 'result', result });
  } catch (error) {
    finish(failure(error, 'failed: '));
  }
}

/** Let the others go on; resolves when it is this process' turn, or it is to stop. */
function passTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (abort.signal.aborted) return resolve();
    goOn = resolve;
    send({ kind: 'passed' });
  });
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
