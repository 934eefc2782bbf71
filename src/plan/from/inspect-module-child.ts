import { pathToFileURL } from 'node:url';
import { messageOf } from '../../model/errors.ts';
import { errorPlace } from '../problems/error-place.ts';
import type { InspectReply, ModuleExports } from './inspect-module.ts';

/** Entry of the process that `inspectModule` starts: import the module named by the first argument, tell, and end. */
const [, , absolute = ''] = process.argv;
send(await inspect(absolute));

function send(reply: InspectReply): void {
  // The channel must be empty before the end; a module's own timers must not delay it.
  process.send?.(reply, undefined, {}, () => process.disconnect());
}

async function inspect(path: string): Promise<InspectReply> {
  try {
    const module: unknown = await import(pathToFileURL(path).href);
    const entries = typeof module === 'object' && module !== null ? Object.entries(module) : [];
    return describe(entries);
  } catch (error) {
    const place = errorPlace(error, path);
    return { error: `${place === null ? '' : `line ${place.line}: `}${messageOf(error)}` };
  }
}

function describe(entries: readonly (readonly [string, unknown])[]): InspectReply {
  const main = entries.find(([name]) => name === 'default')?.[1];
  if (isScenario(main)) return { exports: { kind: 'scenario' } };
  const benches = entries.flatMap(([name, value]) => {
    const tasks = taskNames(value);
    return tasks === null || tasks.length === 0 ? [] : [{ export: name, tasks }];
  });
  if (benches.length > 0) return { exports: { kind: 'tinybench', benches } satisfies ModuleExports };
  const names = entries.filter(([, value]) => isOperation(value)).map(([name]) => name);
  if (names.length > 0) return { exports: { kind: 'functions', names } };
  const exported = entries.length === 0 ? 'nothing' : entries.map(([name]) => name).join(', ');
  return {
    error: `expected exported functions, a tinybench Bench with tasks or a scenario, got ${exported}`,
  };
}

function isScenario(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    'kind' in value &&
    (value.kind === 'bench' || value.kind === 'load') &&
    'name' in value
  );
}

/** Names of the tasks of a tinybench Bench; it is known by its members, since a module may bring its own tinybench. */
function taskNames(value: unknown): string[] | null {
  if (typeof value !== 'object' || value === null || !('tasks' in value) || !('run' in value)) return null;
  if (typeof value.run !== 'function' || !Array.isArray(value.tasks)) return null;
  const tasks: readonly unknown[] = value.tasks;
  return tasks.flatMap((task) =>
    typeof task === 'object' && task !== null && 'name' in task && typeof task.name === 'string'
      ? [task.name]
      : [],
  );
}

function isOperation(value: unknown): boolean {
  return typeof value === 'function' && !/^class\b/.test(Function.prototype.toString.call(value));
}
