import { exitCodes } from '../model/errors.ts';

export interface Interrupt {
  readonly signal: AbortSignal;
  /** Exit code of the signal that came; null when none did. */
  readonly exitCode: () => number | null;
  /** Stop listening. */
  readonly dispose: () => void;
}

/** The first Ctrl-C or SIGTERM (or a closed terminal) stops the run and keeps what was measured; the second quits at once. */
export function listenForInterrupt(): Interrupt {
  const controller = new AbortController();
  let code: number | null = null;
  const on = (signal: NodeJS.Signals): void => {
    const own = signal === 'SIGINT' ? exitCodes.interrupted : exitCodes.terminated;
    if (code !== null) {
      // oxlint-disable-next-line unicorn/no-process-exit -- the user asked twice: clean-up must not hold them
      process.exit(own);
    }
    code = own;
    process.stderr.write('\nStopping: writing what was measured so far. Once more quits at once.\n');
    controller.abort();
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, on);
  return {
    signal: controller.signal,
    exitCode: () => code,
    dispose: () => {
      for (const signal of signals) process.off(signal, on);
    },
  };
}
