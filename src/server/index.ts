import { chatOptions } from './config/chat-options.ts';
import type { KnownServerOptions, StartBuiltInServer } from './built-in-server.ts';

/** Servers that perfkit brings along, for `target.http: builtin:NAME`; each is loaded when it is started. */
export const builtInServers: Readonly<Record<string, StartBuiltInServer>> = {
  items: async () => (await import('./start-items.ts')).startItems(),
  chat: async (options) => (await import('./start-chat.ts')).startChat(options),
} satisfies Record<string, StartBuiltInServer>;

/** What each can be told (`target.options`, `subjects[].options`). */
export const builtInServerOptions: Readonly<Record<string, KnownServerOptions>> = {
  items: { names: [], expected: () => null },
  chat: chatOptions,
};
