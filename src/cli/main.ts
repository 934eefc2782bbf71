import { Console } from 'node:console';
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { exitCodes } from '../model/errors.ts';
import { addBench } from './commands/bench.ts';
import { addCapacity } from './commands/capacity.ts';
import { addCompare } from './commands/compare.ts';
import { addDoctor } from './commands/doctor.ts';
import { addHistory } from './commands/history.ts';
import { addGate } from './commands/gate.ts';
import { addInit } from './commands/init.ts';
import { addList } from './commands/list.ts';
import { addLoad } from './commands/load.ts';
import { addPlan } from './commands/plan.ts';
import { addReport } from './commands/report.ts';
import { addServe } from './commands/serve.ts';
import { addTargets } from './commands/targets.ts';
import { addValidate } from './commands/validate.ts';
import { printError } from './errors.ts';

/** Run one command line; sets process.exitCode, resolves when all output is written, and never rejects. Commands load what they need when they run. */
export async function main(args: readonly string[]): Promise<void> {
  ignoreClosedPipes();
  // A scenario in TypeScript may print while it is read; stdout is for results.
  globalThis.console = new Console(process.stderr);
  try {
    await createProgram().parseAsync(args, { from: 'user' });
  } catch (error) {
    process.exitCode = error instanceof CommanderError ? usageCode(error) : printError(error);
  }
  await drainOutput();
}

/**
 * All output has left, so the process may end although something still runs in it: a scenario module is the user's
 * code, and may have left a timer behind.
 */
async function drainOutput(): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) {
    await new Promise<void>((resolve) => {
      stream.write('', () => resolve());
    });
  }
}

function createProgram(): Command {
  const program = new Command('perfkit')
    .description(
      'Benchmarks for code (bench) and load tests for servers (load), with targets that pass or fail.',
    )
    .version(readVersion(), '-V, --version', 'print the version')
    .exitOverride()
    .showSuggestionAfterError()
    .addHelpText('after', examples);
  for (const add of [
    addBench,
    addLoad,
    addCapacity,
    addCompare,
    addHistory,
    addGate,
    addReport,
    addPlan,
    addValidate,
    addList,
    addTargets,
    addInit,
    addServe,
    addDoctor,
  ])
    add(program);
  for (const command of program.commands) command.exitOverride();
  return program;
}

const examples = `
Examples:
  perfkit bench                              the built-in quick suite
  perfkit bench cache                        the built-in scenarios of one folder
  perfkit bench ./my-module.ts               every function that a module exports
  perfkit load http://127.0.0.1:8080/ -c 50 -d 10s
  perfkit load http://127.0.0.1:8080/ -R 1000
  perfkit capacity http://127.0.0.1:8080/    the highest rate that holds
  perfkit init load --from har site.har -o site.perfkit.yaml
  perfkit bench cache --save-baseline main       then: perfkit bench cache --baseline main
  perfkit bench my.perfkit.yaml --refs main..HEAD
  perfkit compare reports/before reports/after
  perfkit history add reports/my-run             then: perfkit history
  perfkit report reports/my-run --format markdown

Exit codes: 0 pass, 1 internal error, 2 usage or scenario error, 3 target failed,
            4 regression, 5 invalid or undecided, 130/143 interrupted`;

function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : 'unknown';
}

/** Help and version end well; everything else that commander refuses is a usage error (it has printed why). */
function usageCode(error: CommanderError): number {
  return error.exitCode === 0 ? exitCodes.pass : exitCodes.usage;
}

/** `perfkit ... | head` closes our output early: that is no failure of ours. */
function ignoreClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') return;
      if (stream === process.stdout)
        process.stderr.write(`perfkit: cannot write to stdout: ${error.message}\n`);
      process.exitCode = exitCodes.internal;
    });
  }
}
