/** The thread that ran the task is gone: it crashed, exited, or was ended because a task would not stop. */
export class WorkerCrashedError extends Error {
  constructor(why: string, options?: ErrorOptions) {
    super(`Expected the task's thread to live until the task is done, but ${why}.`, options);
    this.name = 'WorkerCrashedError';
  }
}
