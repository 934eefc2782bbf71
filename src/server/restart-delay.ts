const firstDelayMs = 250;
const longestDelayMs = 30_000;
/** What has run for so long is not started again for what was wrong at its start. */
const wellAfterMs = 60_000;

/** How long to wait before something that ran for `ranMs` is started again: longer each time that it ended soon. */
export function restartDelayMs(
  ranMs: number,
  quickEndsBefore: number,
): { readonly delayMs: number; readonly quickEnds: number } {
  const quickEnds = ranMs >= wellAfterMs ? 0 : quickEndsBefore;
  return {
    delayMs: Math.min(longestDelayMs, firstDelayMs * 2 ** quickEnds),
    quickEnds: Math.min(30, quickEnds + 1),
  };
}
