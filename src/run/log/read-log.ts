import { stat } from 'node:fs/promises';
import { PerfkitError } from '../../model/errors.ts';
import { parseTarget, resolveLimit } from '../../model/target.ts';
import { formatDurationNs } from '../../model/units.ts';
import { createCollector } from '../collector.ts';
import { toMeasured } from '../measured.ts';
import { reasonOf } from '../system-reason.ts';
import { LogDecoder } from './log-decoder.ts';
import { readLines } from './read-lines.ts';
import type { MetricDefinition } from '../../model/metrics.ts';
import type { TargetPlan } from '../../model/plan.ts';
import type { Collector } from '../collector.ts';
import type { Measured, RunEnd } from '../measured.ts';
import type { LogHeader } from './log-format.ts';

/** A run as its log tells it, with the targets to judge it by. */
export interface LoggedRun {
  readonly measured: Measured;
  readonly targets: readonly TargetPlan[];
}

/** An 8-hour run of a scenario of three steps makes about 200 MB. */
const maxLogBytes = 8 * 1024 ** 3;

/**
 * Add up the log of a run, as the run itself would have. One that was killed has no end: it is not complete, and
 * suspect. Streamed: memory is that of the collector. Throws PerfkitError, with the line, on what is no log.
 */
export async function readLog(file: string): Promise<LoggedRun> {
  const info = await stat(file).catch((error: unknown) => {
    throw cannotRead(file, error);
  });
  if (info.size > maxLogBytes)
    throw new PerfkitError('result', `${file} has ${info.size} bytes; a log has at most ${maxLogBytes}`);
  const run = new RunBuilder();
  try {
    await eachLine(file, new LogDecoder(run));
    return run.finish(file);
  } finally {
    run.destroy();
  }
}

/** What a log says of its run; null when it was torn off before that. Reads only the start of the file. */
export async function readLogHeader(file: string): Promise<LogHeader | null> {
  let header: LogHeader | null = null;
  const decoder = new LogDecoder({
    run: (found) => {
      header = found;
    },
    interval: () => undefined,
    end: () => undefined,
  });
  await eachLine(file, decoder, () => header !== null);
  return header;
}

async function eachLine(file: string, decoder: LogDecoder, done: () => boolean = () => false): Promise<void> {
  try {
    for await (const { text, number } of readLines(file)) {
      try {
        decoder.line(text);
      } catch (error) {
        if (!(error instanceof PerfkitError)) throw error;
        throw new PerfkitError('result', `${file}:${number}: ${error.message}`, { cause: error });
      }
      if (done()) return;
    }
  } catch (error) {
    throw error instanceof PerfkitError ? error : cannotRead(file, error);
  }
}

/** Collects what the decoder tells. */
class RunBuilder {
  #header: LogHeader | null = null;
  #targets: readonly TargetPlan[] = [];
  #collector: Collector | null = null;
  #end: RunEnd | null = null;
  #lastNs = 0;

  run = (header: LogHeader): void => {
    this.#header = header;
    this.#targets = header.targets.map((written) => readTarget(written, header.scenario.metrics));
    this.#collector = createCollector(header.scenario.metrics);
  };

  interval = (interval: Parameters<Collector['add']>[0]): void => {
    this.#lastNs = Math.max(this.#lastNs, interval.startNs + interval.durationNs);
    this.#collector?.add(interval);
  };

  end = (end: RunEnd): void => {
    this.#end = end;
  };

  finish(file: string): LoggedRun {
    if (this.#header === null || this.#collector === null)
      throw new PerfkitError(
        'result',
        `${file} is no log of a perfkit run: expected a line "#[perfkit {"run":...}]" at its start`,
      );
    const end = this.#end ?? killedAfter(this.#lastNs);
    return { measured: toMeasured(this.#header, this.#collector.finish(), end), targets: this.#targets };
  }

  destroy(): void {
    this.#collector?.destroy();
  }
}

function killedAfter(durationNs: number): RunEnd {
  const reason = `the run was killed: this is what its log holds, up to ${formatDurationNs(durationNs)} after the start`;
  return { durationNs, complete: false, validity: { state: 'suspect', reasons: [reason] } };
}

function readTarget(written: LogHeader['targets'][number], metrics: readonly MetricDefinition[]): TargetPlan {
  const { metric: name, tags, aggregation, op, phase, overNs, ...rest } = parseTarget(written.expr);
  const metric = metrics.find((one) => one.name === name);
  if (metric === undefined)
    throw new PerfkitError('result', `the target "${written.expr.slice(0, 100)}" names no metric of the run`);
  const limit = resolveLimit(rest.limitText, rest.limitOffset, metric, aggregation);
  return { ...written, target: { metric: name, tags, aggregation, op, limit, phase, overNs } };
}

function cannotRead(file: string, error: unknown): PerfkitError {
  return new PerfkitError('result', `cannot read the log ${file}: ${reasonOf(error)}`, { cause: error });
}
