import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PerfkitError } from '../../model/errors.ts';
import type { Operation, Subject } from './driver.ts';
import { exportOf, importModule } from './import-module.ts';

/** What a module hands to `bench.add`. */
interface AddedTask {
  readonly run: Operation;
  readonly options: Readonly<Record<string, unknown>>;
}

type TasksOfBench = WeakMap<object, Map<string, AddedTask>>;

/**
 * A task of a tinybench Bench that a module exports, as a subject. tinybench keeps a task's function to itself, so
 * the `add` of the very copy of tinybench that the module imports is watched while the module loads.
 */
export async function importTinybenchTask(
  module: string,
  exportName: string,
  task: string,
  folder: string,
): Promise<Subject> {
  const tasks: TasksOfBench = new WeakMap();
  const stopWatching = await watchAdd(resolve(folder, module), tasks);
  try {
    const bench = exportOf(await importModule(module, folder), exportName, module);
    const added = typeof bench === 'object' && bench !== null ? tasks.get(bench) : undefined;
    if (added === undefined) {
      throw new PerfkitError(
        'target',
        `expected ${module}#${exportName} to be a Bench of the package tinybench with tasks added while the module loads`,
      );
    }
    const found = added.get(task);
    if (found === undefined) {
      throw new PerfkitError(
        'target',
        `${module}#${exportName} has no task "${task}": it has ${[...added.keys()].join(', ')}`,
      );
    }
    return await toSubject(task, found);
  } finally {
    stopWatching();
  }
}

async function toSubject(task: string, { run, options }: AddedTask): Promise<Subject> {
  for (const hook of ['beforeEach', 'afterEach']) {
    if (typeof options[hook] === 'function') {
      throw new PerfkitError(
        'target',
        `the task "${task}" has a ${hook} hook, which would run inside the measured time: move it into the function, or into beforeAll`,
      );
    }
  }
  const { beforeAll, afterAll } = options;
  if (typeof beforeAll === 'function') await Reflect.apply(beforeAll, undefined, ['run']);
  const close = async (): Promise<void> => {
    if (typeof afterAll === 'function') await Reflect.apply(afterAll, undefined, ['run']);
  };
  return { operations: { [task]: run }, close };
}

/** Note every task that is added, by Bench; the returned function ends that. */
async function watchAdd(modulePath: string, tasks: TasksOfBench): Promise<() => void> {
  const prototype = await benchPrototype(modulePath);
  const original: unknown = prototype === null ? undefined : Reflect.get(prototype, 'add');
  if (prototype === null || typeof original !== 'function') return () => undefined;
  const watched = function watchedAdd(this: object, ...args: readonly unknown[]): unknown {
    const [name, run, options] = args;
    const result: unknown = Reflect.apply(original, this, args);
    if (typeof name === 'string' && isOperation(run)) {
      const known = tasks.get(this) ?? new Map<string, AddedTask>();
      known.set(name, { run, options: isRecord(options) ? options : {} });
      tasks.set(this, known);
    }
    return result;
  };
  Reflect.set(prototype, 'add', watched);
  return () => {
    Reflect.set(prototype, 'add', original);
  };
}

async function benchPrototype(modulePath: string): Promise<object | null> {
  let url: string;
  try {
    url = pathToFileURL(createRequire(modulePath).resolve('tinybench')).href;
  } catch {
    return null;
  }
  const exports: unknown = await import(url);
  const bench: unknown = isRecord(exports) ? exports['Bench'] : undefined;
  const prototype: unknown = typeof bench === 'function' ? bench.prototype : undefined;
  return typeof prototype === 'object' ? prototype : null;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isOperation(value: unknown): value is Operation {
  return typeof value === 'function';
}
