import { watchRun } from '../../index.ts';
import { colourLevel } from '../colour.ts';
import { paint, widthOf } from './line.ts';
import { LiveModel } from './live-state.ts';
import { plainLine } from './plain-line.ts';
import { screen } from './screen.ts';
import { TerminalBlock } from './terminal-block.ts';
import type { Environment, Interval, Plan, RunWatch } from '../../index.ts';
import type { Progress } from '../../model/engine.ts';

/** Shows how a command's runs go on. */
export interface LiveView {
  /** What the engine says of itself. */
  readonly progress: (progress: Progress) => void;
  /** What it measured. */
  readonly interval: (interval: Interval) => void;
  /** Go on to the next scenario. */
  readonly next: () => void;
  /** Leave the terminal as it was. */
  readonly end: () => void;
}

export interface LiveViewOptions {
  readonly plans: readonly Plan[];
  readonly environment: Environment;
  readonly stream: NodeJS.WriteStream;
  readonly quiet: boolean;
  readonly env?: NodeJS.ProcessEnv;
}

const frameMs = 250;
const plainLineMs = 10_000;
/** Judging takes at most this share of the main thread. */
const judgeShare = 0.05;
const judgeEveryMs = 1000;

/**
 * Redrawn in place four times a second at a terminal; a line every ten seconds off one, or with NO_COLOR, CI or
 * TERM=dumb; nothing when quiet. It runs on the main thread, so it never holds up the load.
 */
export function createLiveView({
  plans,
  environment,
  stream,
  quiet,
  env = process.env,
}: LiveViewOptions): LiveView {
  if (quiet) return { progress: nothing, interval: nothing, next: nothing, end: nothing };
  const model = new LiveModel(plans, () => performance.now() * 1e6);
  const show = isLive(stream, env) ? drawnIn(stream, env) : linesIn(stream);
  let index = -1;
  let watch: RunWatch | null = null;
  let judgeAtMs = 0;
  let stale = false;

  function frame(): void {
    const nowMs = performance.now();
    if (stale && watch !== null && nowMs >= judgeAtMs) {
      stale = false;
      model.targets(watch.targets());
      const tookMs = performance.now() - nowMs;
      judgeAtMs = nowMs + Math.max(judgeEveryMs, tookMs / judgeShare);
    }
    show.frame(model);
  }

  let timer: NodeJS.Timeout | undefined;
  return {
    progress: (progress) => {
      model.progress(progress);
      if (drawsByItself(plans[index])) show.event(model);
    },
    interval: (interval) => {
      if (watch === null) return;
      model.figures(watch.add(interval));
      stale = true;
      if (drawsByItself(plans[index])) frame();
    },
    next: () => {
      index += 1;
      watch?.destroy();
      const plan = plans[index];
      watch = plan === undefined ? null : watchRun(plan, environment);
      model.next();
      clearInterval(timer);
      show.event(model);
      if (drawsByItself(plan)) return;
      timer = setInterval(frame, show.everyMs);
      timer.unref();
    },
    end: () => {
      clearInterval(timer);
      watch?.destroy();
      watch = null;
      show.end();
    },
  };
}

function nothing(): void {}

interface Show {
  readonly everyMs: number;
  /** It is time. */
  readonly frame: (model: LiveModel) => void;
  /** Something happened that is shown at once, where that disturbs nobody. */
  readonly event: (model: LiveModel) => void;
  readonly end: () => void;
}

function drawnIn(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): Show {
  const block = new TerminalBlock(stream, process);
  const colour = colourLevel(stream, env) > 0;
  const unicode = isUtf8(env);
  const draw = (model: LiveModel): void => {
    const size = { columns: stream.columns ?? 80, rows: stream.rows ?? 24, unicode };
    block.draw(
      screen(model.state(), size).map((line) => ({ text: paint(line, colour), width: widthOf(line) })),
    );
  };
  return { everyMs: frameMs, frame: draw, event: draw, end: () => block.close() };
}

function linesIn(stream: NodeJS.WriteStream): Show {
  let lastMs = performance.now();
  return {
    everyMs: plainLineMs,
    frame: (model) => {
      const nowMs = performance.now();
      // rounds that draw by themselves may be short; a timer may come a little early
      if (nowMs - lastMs < plainLineMs * 0.9) return;
      lastMs = nowMs;
      stream.write(`${plainLine(model.state())}\n`);
    },
    event: nothing,
    end: nothing,
  };
}

/** What is measured on this very thread is not to be disturbed: it is drawn between rounds only. */
function drawsByItself(plan: Plan | undefined): boolean {
  return plan?.kind === 'bench' && plan.run.isolate === 'none';
}

function isLive(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): boolean {
  const set = (name: string): boolean => (env[name] ?? '') !== '';
  return stream.isTTY && !set('CI') && !set('NO_COLOR') && env['TERM'] !== 'dumb';
}

/** As the C library decides: the first of these that is set. */
function isUtf8(env: NodeJS.ProcessEnv): boolean {
  const locale = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find((value) => (value ?? '') !== '');
  return process.platform === 'win32' || /utf-?8/i.test(locale ?? '');
}
