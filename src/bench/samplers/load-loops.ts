import type * as loopsModule from './loops.ts';

/** The inner loops, compiled for one subject. */
export type Loops = typeof loopsModule;

let instances = 0;

/**
 * A fresh instance of loops.ts. V8 specialises a function on the calls it has seen, so loops shared between two
 * subjects would slow the second down (the fault known as "the first benchmark wins"); a module loaded under another
 * query is another copy of the code with nothing learned.
 */
export async function loadLoops(): Promise<Loops> {
  const url = new URL(`./loops.ts?${++instances}`, import.meta.url);
  // Built files end in .js; a specifier made at run time is not rewritten by the compiler.
  if (!import.meta.url.endsWith('.ts')) url.pathname = url.pathname.replace(/\.ts$/, '.js');
  const loops: Loops = await import(url.href);
  return loops;
}
