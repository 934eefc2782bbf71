import type { ServerConfig } from '../config/server-config.ts';
import type { LogFormat } from '../monitoring/log-event.ts';
import type { WorkCost } from '../work/measure-work.ts';

/** What an instance is started with. It comes in a message: command lines can be read by others, passwords in them too. */
export interface InstanceOrder {
  readonly id: number;
  readonly config: ServerConfig;
  readonly dataFolder: string;
  readonly logFormat: LogFormat;
}

/** What instances tell one another. */
export type InstanceTopic = 'patterns' | 'live';

export type ToInstance =
  | { readonly kind: 'start'; readonly order: InstanceOrder }
  | { readonly kind: 'measure' }
  | { readonly kind: 'stop' }
  /** Another one told this; to be answered with `heard`. */
  | { readonly kind: 'hear'; readonly call: number; readonly topic: InstanceTopic; readonly data: unknown }
  /** All others have heard what this one told. */
  | { readonly kind: 'told'; readonly call: number };

export type FromInstance =
  | { readonly kind: 'ready'; readonly port: number }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'work'; readonly cost: WorkCost }
  | { readonly kind: 'tell'; readonly call: number; readonly topic: InstanceTopic; readonly data: unknown }
  | { readonly kind: 'heard'; readonly call: number };

/** Both ends run the same code: what is looked at is whether this is a message of it at all. */
export function isToInstance(value: unknown): value is ToInstance {
  return hasKind(value, ['start', 'measure', 'stop', 'hear', 'told']);
}

export function isFromInstance(value: unknown): value is FromInstance {
  return hasKind(value, ['ready', 'failed', 'work', 'tell', 'heard']);
}

function hasKind(value: unknown, kinds: readonly string[]): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    'kind' in value &&
    typeof value.kind === 'string' &&
    kinds.includes(value.kind)
  );
}
