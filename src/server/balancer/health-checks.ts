import { get } from 'node:http';
import type { TimerHandle, Timers } from '../../components/internal/timers.ts';
import type { Backend } from './backend.ts';

export interface HealthChecks {
  readonly stop: () => void;
}

export interface HealthOptions {
  readonly timers: Timers;
  /** Resolves to whether the backend is well; never rejects. @default GET /health answers 200 within two seconds */
  readonly probe?: (backend: Backend) => Promise<boolean>;
  readonly onChange: (backend: Backend) => void;
}

const everyMs = 1_000;
const timeoutMs = 2_000;
/** In a row, before a backend gets no more requests; one success lets it back. */
const mostFailures = 3;

/** Asks every backend, second by second, whether it is well, and sets `isUp`. */
export function startHealthChecks(
  backends: readonly Backend[],
  { timers, probe = askHealth, onChange }: HealthOptions,
): HealthChecks {
  const failures = new Map<Backend, number>();
  let timer: TimerHandle;
  let isStopped = false;
  const check = async (backend: Backend): Promise<void> => {
    const isWell = await probe(backend);
    if (isStopped) return;
    const count = isWell ? 0 : (failures.get(backend) ?? 0) + 1;
    failures.set(backend, count);
    const isUp = isWell || (backend.isUp && count < mostFailures);
    if (isUp === backend.isUp) return;
    backend.isUp = isUp;
    onChange(backend);
  };
  const round = async (): Promise<void> => {
    await Promise.all(backends.map(check));
    for (const backend of failures.keys()) if (!backends.includes(backend)) failures.delete(backend);
    if (!isStopped) next();
  };
  const next = (): void => {
    timer = timers.setTimeout(() => void round(), everyMs);
    timer.unref();
  };
  next();
  return {
    stop() {
      isStopped = true;
      timers.clearTimeout(timer);
    },
  };
}

function askHealth({ port }: Backend): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get({ host: '127.0.0.1', port, path: '/health', agent: false }, (response) => {
      response.on('error', () => undefined).resume();
      resolve(response.statusCode === 200);
    });
    request.on('error', () => resolve(false));
    request.setTimeout(timeoutMs, () => request.destroy());
  });
}
