import type { Switch } from './setting.ts';

/** What can be switched off, each by itself: `--no-cache`, or `PERFKIT_CACHE=off`. */
export const switches = {
  cache: {
    env: 'PERFKIT_CACHE',
    default: true,
    help: 'keep answers, states, upstream replies, patterns and sync payloads',
  },
  batching: {
    env: 'PERFKIT_BATCHING',
    default: true,
    help: 'put WebSocket messages of medium and low priority together',
  },
  pool: {
    env: 'PERFKIT_POOL',
    default: true,
    help: 'keep upstream connections',
    off: 'each call makes its own',
  },
  compression: { env: 'PERFKIT_COMPRESSION', default: true, help: 'compress replies as the client accepts' },
  delta: {
    env: 'PERFKIT_DELTA',
    default: true,
    help: 'sync only what changed',
    off: 'sync everything each time',
  },
  writeQueue: {
    env: 'PERFKIT_WRITE_QUEUE',
    default: true,
    help: 'put writes that come together into one transaction',
    off: 'each write has its own',
  },
  workers: {
    env: 'PERFKIT_WORKERS',
    default: true,
    help: 'run background jobs in threads',
    off: 'run them between requests',
  },
  streaming: {
    env: 'PERFKIT_STREAMING',
    default: true,
    help: 'send the parts of a long reply as they are ready, critical ones first',
    off: 'send it when it is whole',
  },
  fsync: {
    env: 'PERFKIT_FSYNC',
    default: false,
    help: 'wait for the disk before a write is acknowledged, to outlive a power cut',
  },
  monitoring: {
    env: 'PERFORMANCE_MONITORING',
    default: true,
    help: 'compare metrics with thresholds, and log them',
  },
} as const satisfies Readonly<Record<string, Switch>>;

export type SwitchName = keyof typeof switches;

export const switchNames: readonly SwitchName[] = Object.keys(switches).filter(isSwitch);

function isSwitch(name: string): name is SwitchName {
  return Object.hasOwn(switches, name);
}
