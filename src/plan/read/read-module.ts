import { pathToFileURL } from 'node:url';
import { PerfkitError, messageOf } from '../../model/errors.ts';
import { errorPlace } from '../problems/error-place.ts';
import { describeValue, printable } from '../problems/printable.ts';

/**
 * Import a scenario module and return its default export (a promise of one is awaited). Throws PerfkitError with the
 * place in the file when it throws, exits, does not settle within the limit or exports no scenario.
 */
export async function readModule(file: string, absolute: string, limitMs = 30_000): Promise<unknown> {
  const value = await withLimit(file, limitMs, () => withoutExit(() => importDefault(absolute))).catch(
    (error: unknown) => {
      if (error instanceof PerfkitError) throw error;
      const place = errorPlace(error, absolute);
      const at = place === null ? file : `${file}:${place.line}:${place.column}`;
      throw new PerfkitError(
        'scenario',
        `${at}: the scenario module failed: ${printable(messageOf(error), 500)}`,
        { cause: error },
      );
    },
  );
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  const message = `expected \`export default defineBench({...})\` or \`defineLoad({...})\`, got ${describeValue(value)} as default export`;
  throw new PerfkitError('scenario', `${file}: ${message}`);
}

async function importDefault(absolute: string): Promise<unknown> {
  const module: unknown = await import(pathToFileURL(absolute).href);
  const exported: unknown =
    typeof module === 'object' && module !== null && 'default' in module ? module.default : undefined;
  return await exported;
}

async function withLimit<T>(file: string, limitMs: number, work: () => Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    reject(
      new PerfkitError(
        'scenario',
        `${file}: the scenario module did not finish loading within ${limitMs / 1000} s`,
      ),
    );
  }, limitMs);
  try {
    return await Promise.race([work(), promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** A scenario that calls `process.exit` would end perfkit with its own code, which a CI would take for a pass. */
async function withoutExit<T>(work: () => Promise<T>): Promise<T> {
  const exit = Object.getOwnPropertyDescriptor(process, 'exit');
  process.exit = (code) => {
    throw new Error(`it called process.exit(${code ?? ''})`);
  };
  try {
    return await work();
  } finally {
    if (exit !== undefined) Object.defineProperty(process, 'exit', exit);
  }
}
