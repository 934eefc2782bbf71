import { createItemServer } from './item-server.ts';
import type { Server } from 'node:http';

/** Servers that perfkit brings along, for `target.http: builtin:NAME`. */
export const builtInServers: Readonly<Record<string, () => Server>> = {
  items: () => createItemServer(),
} satisfies Record<string, () => Server>;
