import type { TestContext } from 'node:test';
import { startAppServer } from '../../src/server/app-server.ts';
import type { AppServer } from '../../src/server/app-server.ts';
import { resolveConfig } from '../../src/server/config/resolve-config.ts';
import type { ServerConfig } from '../../src/server/config/server-config.ts';
import { startModuleServer } from '../../src/server/upstream/module-server.ts';
import { createCorpus } from '../../src/server/work/corpus.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

export interface TestServer extends AppServer {
  readonly origin: string;
  readonly dataFolder: string;
  readonly log: readonly string[];
  readonly get: (path: string, headers?: Readonly<Record<string, string>>) => Promise<Got>;
  readonly post: (path: string, body: unknown, headers?: Readonly<Record<string, string>>) => Promise<Got>;
}

export interface Got {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into replies as they please
  readonly json: any;
}

export interface TestServerOptions {
  readonly config?: Partial<ServerConfig>;
  readonly dataFolder?: string;
  /** Instead of one in this thread: nothing listens there. */
  readonly upstreamPort?: number;
  readonly dashboard?: boolean;
}

const key = new Uint8Array(32).fill(5);

/** A machine that stands still for half a minute is no reason to give up. */
const patient = {
  connectionTimeoutMs: 300_000,
  headersTimeoutMs: 300_000,
  requestTimeoutMs: 300_000,
  drainMs: 120_000,
};

/** A small server with the module service in this thread, both stopped at the end of the test. */
export async function startTestServer(
  context: TestContext,
  { config = {}, dataFolder, upstreamPort, dashboard = false }: TestServerOptions = {},
): Promise<TestServer> {
  const folder = dataFolder ?? temporaryFolder(context);
  const module = upstreamPort === undefined ? await startModuleServer(createCorpus(1, 128), key) : null;
  const log: string[] = [];
  const server = await startAppServer({
    config: {
      ...resolveConfig().config,
      ...patient,
      passages: 128,
      records: 200,
      retryAttempts: 0,
      ...config,
    },
    ports: {
      now: () => performance.now(),
      timers: { setTimeout, clearTimeout: (timer: NodeJS.Timeout) => clearTimeout(timer) },
      nextTurn: (callback) => void setImmediate(callback),
      today: () => Date.now(),
      log: (line) => void log.push(line),
    },
    dataFolder: folder,
    dashboard,
    upstream: { port: upstreamPort ?? module?.port ?? 0, key },
  });
  context.after(async () => {
    await server.stop();
    await module?.close();
  });
  const origin = `http://127.0.0.1:${server.port}`;
  return {
    ...server,
    origin,
    dataFolder: folder,
    log,
    get: async (path, headers = {}) => got(await fetch(origin + path, { headers })),
    post: async (path, body, headers = {}) =>
      got(
        await fetch(origin + path, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers },
          body: typeof body === 'string' ? body : JSON.stringify(body),
        }),
      ),
  };
}

async function got(response: Response): Promise<Got> {
  const text = await response.text();
  const isJson = response.headers.get('content-type') === 'application/json' && text !== '';
  return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : null };
}
