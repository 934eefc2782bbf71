import type { StartBuiltInServer } from './built-in-server.ts';

/** Servers that perfkit brings along, for `target.http: builtin:NAME`; each is loaded when it is started. */
export const builtInServers: Readonly<Record<string, StartBuiltInServer>> = {
  items: async () => (await import('./start-items.ts')).startItems(),
  chat: async () => (await import('./start-chat.ts')).startChat(),
} satisfies Record<string, StartBuiltInServer>;
