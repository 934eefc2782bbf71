import type { Balance } from '../config/texts.ts';
import type { Backend } from './backend.ts';

/** The backend for the next request; null when none can take one. `tried` are not asked again. */
export type ChooseBackend = (
  backends: readonly Backend[],
  load: 'inFlight' | 'sockets',
  tried: readonly Backend[],
) => Backend | null;

/** In turns; or the one with the least under way, and those alike in turns. A backend that has `most` requests gets no more. */
export function createChooser(balance: Balance, most: number): ChooseBackend {
  let last = -1;
  return (backends, load, tried) => {
    // hot path
    let best = -1;
    for (let step = 1; step <= backends.length; step++) {
      const at = (last + step) % backends.length;
      const backend = backends[at];
      if (backend === undefined || !backend.isUp || backend[load] >= most || tried.includes(backend))
        continue;
      const chosen = backends[best];
      if (chosen === undefined || backend[load] < chosen[load]) best = at;
      if (balance === 'round-robin') break;
    }
    if (best < 0) return null;
    last = best;
    return backends[best] ?? null;
  };
}
