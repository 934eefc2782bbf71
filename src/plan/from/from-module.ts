import { existsSync } from 'node:fs';
import { basename, dirname, extname, resolve } from 'node:path';
import { PerfkitError } from '../../model/errors.ts';
import { inspectModule } from './inspect-module.ts';
import type { ScenarioSource } from '../read/load-scenario.ts';
import type { ModuleExports } from './inspect-module.ts';
import type { BenchScenario } from '../scenario/schema.ts';

/**
 * The scenario source of a file given to `perfkit bench`: itself when it is a scenario, else a bench with one subject
 * for each exported function or each task of an exported tinybench Bench. Throws PerfkitError.
 */
export async function sourceFromFile(file: string, cwd: string): Promise<ScenarioSource> {
  const absolute = resolve(cwd, file);
  if (/\.perfkit\.\w+$/.test(file) || !/\.[cm]?[jt]s$/.test(file)) return { file };
  if (!existsSync(absolute)) throw new PerfkitError('usage', `${file}: no such file`);
  const exports = await inspectModule(absolute);
  if (exports.kind === 'scenario') return { file };
  return { file: null, scenario: benchScenarioFromModule(absolute, exports), folder: dirname(absolute) };
}

/** A bench scenario with a module's exports as subjects; paths in it are relative to the module's folder. */
function benchScenarioFromModule(
  absolute: string,
  exports: Exclude<ModuleExports, { kind: 'scenario' }>,
): BenchScenario {
  const module = `./${basename(absolute)}`;
  const name = basename(absolute, extname(absolute)).replace(/[^\w.-]+/g, '-');
  return { version: 1, kind: 'bench', name, subjects: subjectsOf(module, exports) };
}

function subjectsOf(
  module: string,
  exports: Exclude<ModuleExports, { kind: 'scenario' }>,
): BenchScenario['subjects'] {
  if (exports.kind === 'functions') return exports.names.map((name) => ({ name, call: `${module}#${name}` }));
  const several = exports.benches.length > 1;
  return exports.benches.flatMap((bench) =>
    bench.tasks.map((task) => ({
      name: tagValue(several ? `${bench.export} ${task}` : task),
      tinybench: `${module}#${bench.export}`,
      task,
    })),
  );
}

/** A task may be named anything; a subject's name must be a tag value that a target can name. */
function tagValue(text: string): string {
  return (
    text
      .replace(/[{},\p{Cc}\s]+/gu, ' ')
      .trim()
      .slice(0, 100)
      .trim() || 'task'
  );
}
