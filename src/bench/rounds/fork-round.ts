import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { PerfkitError } from '../../model/errors.ts';
import type { BenchPlan } from '../../model/plan.ts';
import { createRedactor, secretNames } from '../../model/secrets.ts';
import type { FromChild, ToChild } from './child-messages.ts';
import { ChildTurns } from './child-turns.ts';
import { createLineTail } from './line-tail.ts';
import type { RoundHooks, RoundResult, RoundTask } from './round-result.ts';
import type { Turns } from './turns.ts';

/** Beyond the time that the plan asks for: start-up, making the subject, draining. */
const graceNs = 30e9;
/** An aborted child may deliver what it has within this time, on a busy machine too. */
const abortGraceMs = 2_000;

export interface ForkOptions extends Omit<RoundHooks, 'passTurn'> {
  /** Length of a variable added to the child's environment, which moves its memory about (layout bias; Mytkowicz 2009). */
  readonly paddingBytes: number;
  /** It makes its subject, and measures when it is its turn. */
  readonly turns?: Turns;
  /** For tests; beyond the planned time. */
  readonly graceNs?: number;
}

/**
 * Measure one round in a fresh process. What it prints goes to our standard error, whichever way it was printed.
 * Gives null when the signal aborts before there is a result. Throws PerfkitError, naming the subject, when the
 * process dies, hangs or says that it cannot measure.
 */
export async function forkRound(
  plan: BenchPlan,
  task: RoundTask,
  options: ForkOptions,
): Promise<RoundResult | null> {
  const { signal, onMeasuring, turns } = options;
  if (signal.aborted) return null;
  const child = start(options.paddingBytes);
  const turn =
    turns === undefined ? null : new ChildTurns(turns, child.pid, () => tell(child, { kind: 'go' }));
  const tail = createLineTail(process.stderr);
  child.stdout?.on('data', tail.add);
  child.stderr?.on('data', tail.add);
  const roundNs = plan.run.warmupNs + plan.run.forNs + (options.graceNs ?? graceNs);
  const limitMs = (roundNs * (turns?.members ?? 1)) / 1e6;
  let last: FromChild | null = null;
  let hung = false;
  const stopWatching = afterAwake(limitMs, () => {
    hung = true;
    child.kill('SIGKILL');
  });
  let killer: NodeJS.Timeout | null = null;
  const abort = (): void => {
    tell(child, { kind: 'abort' });
    killer = setTimeout(() => child.kill('SIGKILL'), abortGraceMs);
  };
  signal.addEventListener('abort', abort, { once: true });
  child.on('message', (message: FromChild) => {
    if (message.kind === 'ready') tell(child, { kind: 'run', plan, task });
    else if (message.kind === 'measuring') onMeasuring();
    else if (message.kind === 'passed') void turn?.passed();
    else last ??= message;
  });
  try {
    const ended = await endOf(child);
    return conclude(last, signal.aborted, () =>
      describeEnd(task, ended, hung, limitMs, redactedTail(plan, tail.lines())),
    );
  } finally {
    stopWatching();
    if (killer !== null) clearTimeout(killer);
    signal.removeEventListener('abort', abort);
    child.kill('SIGKILL');
    turn?.end();
  }

  function conclude(message: FromChild | null, aborted: boolean, fault: () => string): RoundResult | null {
    if (message?.kind === 'result') return message.result;
    if (aborted) return null;
    if (message?.kind !== 'failed') throw new PerfkitError('target', fault());
    // Set-up errors name the subject already.
    const name = `subject ${task.subject.name}`;
    throw new PerfkitError(
      message.code,
      message.message.startsWith(name) ? message.message : `${name} ${message.message}`,
    );
  }
}

const ticks = 20;

/**
 * Call when so much time has passed in which this process could run: while the machine sleeps, or everything on it is
 * stopped, a child gets nowhere either and is not hung. Gives a function that calls it off.
 */
function afterAwake(ms: number, act: () => void): () => void {
  let left = ticks;
  const timer = setInterval(() => {
    if (--left === 0) act();
  }, ms / ticks);
  return () => clearInterval(timer);
}

function start(paddingBytes: number): ChildProcess {
  const self = import.meta.url;
  const entry = new URL(self.endsWith('.ts') ? './child.ts' : './child.js', self);
  return fork(fileURLToPath(entry), [], {
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    execArgv: [...process.execArgv.filter(isForChild), '--expose-gc'],
    env: { ...process.env, PERFKIT_PADDING: 'x'.repeat(paddingBytes) },
  });
}

/** Flags that say how code runs (`--max-old-space-size=`, `--import=`), not those that say what to run or who watches. */
function isForChild(flag: string): boolean {
  return (
    /^--[^=]+=/.test(flag) && !/^--(?:inspect|test|watch|eval|print|input-type|cpu-prof|heap-prof)/.test(flag)
  );
}

function tell(child: ChildProcess, message: ToChild): void {
  // A child that has just gone is noticed by its end, not here.
  if (child.connected) child.send(message, () => undefined);
}

interface End {
  readonly code: number | null;
  readonly signal: string | null;
  readonly error: Error | null;
}

/** 'close' comes after all output was read; a process that cannot be started has an 'error' instead. */
function endOf(child: ChildProcess): Promise<End> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: null, signal: null, error }));
    child.once('close', (code, signal) => resolve({ code, signal, error: null }));
  });
}

function describeEnd(
  task: RoundTask,
  { code, signal, error }: End,
  hung: boolean,
  limitMs: number,
  lines: readonly string[],
): string {
  const who = `subject ${task.subject.name}`;
  const printed =
    lines.length === 0 ? '; it printed nothing' : `; the last it printed:\n  ${lines.join('\n  ')}`;
  if (error !== null) return `${who}: its process could not be started: ${error.message}`;
  if (hung)
    return `${who} hung: no result within ${Math.round(limitMs / 1000)} s, so its process was stopped (round ${task.round})${printed}`;
  const how = signal === null ? `ended with exit code ${code ?? 'unknown'}` : `was killed by ${signal}`;
  const hint = signal === 'SIGKILL' ? ' (out of memory?)' : '';
  return `${who}: its process ${how}${hint} before it had a result (round ${task.round})${printed}`;
}

function redactedTail(plan: BenchPlan, lines: readonly string[]): string[] {
  return lines.map(createRedactor(secretNames(plan.subjects), process.env));
}
