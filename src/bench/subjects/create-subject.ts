import { PerfkitError, messageOf } from '../../model/errors.ts';
import type { SubjectSource } from '../../model/plan.ts';
import type { DriverContext, Subject } from './driver.ts';
import { drivers, isDriverName } from '../drivers/index.ts';
import { exportOf, importModule } from './import-module.ts';
import { importTinybenchTask } from './tinybench-task.ts';

/**
 * Make the subject that a plan describes. Everything that goes wrong here, also in the user's own code, is a
 * PerfkitError that names the subject: nothing can be measured then.
 */
export async function createSubject(
  source: SubjectSource,
  context: DriverContext,
  folder: string,
): Promise<Subject> {
  try {
    return await make(source, context, folder);
  } catch (error) {
    const code = error instanceof PerfkitError ? error.code : 'target';
    const what =
      error instanceof PerfkitError
        ? messageOf(error)
        : `its set-up failed: ${nameOf(error)}${messageOf(error)}`;
    throw new PerfkitError(code, `subject ${context.subject}: ${what}`, { cause: error });
  }
}

async function make(source: SubjectSource, context: DriverContext, folder: string): Promise<Subject> {
  switch (source.kind) {
    case 'driver': {
      if (isDriverName(source.driver)) return (await drivers[source.driver]()).create(context);
      throw new PerfkitError(
        'scenario',
        `no driver "${source.driver}": there are ${Object.keys(drivers).join(', ')}`,
      );
    }
    case 'function':
      // The function itself, not a wrapper: nothing of ours comes between the loop and the user's code.
      return { operations: { [source.export]: await importFunction(source, folder) } };
    case 'factory': {
      const create = await importFunction(source, folder);
      return toSubject(await create(context.options, context), `${source.module}#${source.export}`);
    }
    case 'tinybench':
      return importTinybenchTask(source.module, source.export, source.task, folder);
  }
}

async function importFunction(
  source: { readonly module: string; readonly export: string },
  folder: string,
): Promise<AnyFunction> {
  const value = exportOf(await importModule(source.module, folder), source.export, source.module);
  if (isFunction(value)) return value;
  throw new PerfkitError(
    'target',
    `expected ${source.module}#${source.export} to be a function, got ${kindOf(value)}`,
  );
}

type AnyFunction = (...args: readonly unknown[]) => unknown;

function isFunction(value: unknown): value is AnyFunction {
  return typeof value === 'function';
}

/** A factory returns the operation itself, or a Subject. */
function toSubject(value: unknown, what: string): Subject {
  if (isFunction(value)) return { operations: { run: value } };
  if (isSubject(value)) return value;
  const fault = `expected ${what} to return a function or {operations: {name: function, ...}, metrics?, close?}`;
  throw new PerfkitError('target', `${fault}, got ${kindOf(value)}`);
}

function isSubject(value: unknown): value is Subject {
  if (typeof value !== 'object' || value === null || !('operations' in value)) return false;
  const { operations } = value;
  if (typeof operations !== 'object' || operations === null) return false;
  const optional = ['measuring', 'metrics', 'close'].every((name) => {
    const member: unknown = Reflect.get(value, name);
    return member === undefined || typeof member === 'function';
  });
  return optional && Object.values(operations).every((operation) => typeof operation === 'function');
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return typeof value === 'object'
    ? `an object with ${Object.keys(value).slice(0, 10).join(', ') || 'nothing in it'}`
    : typeof value;
}

function nameOf(error: unknown): string {
  return error instanceof Error && error.name !== 'Error' ? `${error.name}: ` : '';
}
