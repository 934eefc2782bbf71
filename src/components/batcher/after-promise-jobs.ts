/**
 * A schedule for batchers: hand over when the code that runs now, and every promise job that follows from it, is done.
 * Items added by one event, however deep in promises, then share a batch without waiting for a timer.
 */
export function afterPromiseJobs(handOver: () => void): void {
  // From within a promise job, nextTick comes after all of them; the job first, because from plain code it does not.
  void Promise.resolve().then(() => process.nextTick(handOver));
}
