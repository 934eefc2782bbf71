import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { folderWith, perfkit } from '../helpers/cli.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

const bin = join(import.meta.dirname, '..', '..', 'bin', 'perfkit.js');

interface Served {
  readonly origin: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into documents as they please
  readonly document: any;
  readonly stop: (signal?: NodeJS.Signals) => Promise<readonly [code: number | null, signal: string | null]>;
  readonly stderr: () => string;
  /** Resolves when its log has said so. */
  readonly told: (pattern: RegExp) => Promise<void>;
}

/** A machine that stands still for half a minute is no reason to give up. */
const patient = {
  CONNECTION_TIMEOUT: '300s',
  HEADERS_TIMEOUT: '300s',
  REQUEST_TIMEOUT: '300s',
  DRAIN_TIMEOUT: '120s',
};

/** A server on a free port, once it listens; killed at the end if the test has not stopped it. */
async function serve(
  context: TestContext,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Served> {
  const child = spawn(
    process.execPath,
    [bin, 'serve', '--port', '0', '--json', '--passages', '256', ...args],
    {
      env: { ...process.env, ...patient, NODE_TEST_CONTEXT: undefined, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const exited = once(child, 'exit');
  context.after(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  let stdout = '';
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdout.setEncoding('utf8');
  while (!stdout.includes('\n')) {
    const [text] = await Promise.race([once(child.stdout, 'data'), exited.then(() => [null])]);
    if (text === null) assert.fail(`it did not start: ${stderr}`);
    stdout += String(text);
  }
  const document = JSON.parse(stdout);
  return {
    origin: document.origin,
    document,
    stderr: () => stderr,
    async told(pattern) {
      while (!pattern.test(stderr)) await once(child.stderr, 'data');
    },
    async stop(signal = 'SIGTERM') {
      child.kill(signal);
      const [code, by] = await exited;
      return [code, by];
    },
  };
}

function ask(origin: string, conversation: string, question: string): Promise<Response> {
  return fetch(`${origin}/messages`, { method: 'POST', body: JSON.stringify({ conversation, question }) });
}

describe('perfkit serve', { timeout: 240_000 }, () => {
  test('prints its address, configuration and the cost of its work, and ends well on SIGTERM', async (context) => {
    const data = join(temporaryFolder(), 'data');
    const server = await serve(
      context,
      ['--profile', 'production', '--data', data, '--no-cache', '--records', '50'],
      {
        MAX_BATCH_SIZE: '33',
      },
    );
    const { config, profile } = server.document;
    assert.deepEqual(
      [profile, config.maxBatchSize, config.maxCacheSize, config.cache, config.records],
      ['production', 33, 2_000, false, 50],
    );
    const reply = await ask(server.origin, 'c', 'What about boats?');
    assert.equal(reply.status, 200);
    await reply.text();
    await server.told(
      /^work: an answer that is not cached takes [1-9][\d.]*(?:us|ms) of CPU \(median of 40, p90 /m,
    );
    assert.deepEqual(await server.stop(), [0, null]);
    assert.ok(existsSync(join(data, 'app.db')));
  });

  test('loses no message that it acknowledged when it is told to stop under load', async (context) => {
    const data = temporaryFolder();
    const server = await serve(context, ['--data', data, '--records', '0']);
    const acknowledged: string[] = [];
    let asked = 0;
    let isOver = false;
    const worker = async (): Promise<void> => {
      while (!isOver) {
        const question = `question number ${asked++} of many`;
        try {
          const reply = await ask(server.origin, 'c', question);
          await reply.text();
          if (reply.status === 200) acknowledged.push(question);
        } catch {
          // Refused or cut: it promised nothing.
          isOver = true;
        }
        if (acknowledged.length === 60) stopping ??= server.stop();
      }
    };
    let stopping: Promise<readonly [number | null, string | null]> | null = null;
    await Promise.all(Array.from({ length: 8 }, worker));
    assert.deepEqual(await stopping, [0, null]);
    assert.ok(acknowledged.length >= 60);
    const database = new DatabaseSync(join(data, 'app.db'));
    const rows = database.prepare("SELECT text FROM messages WHERE role = 'user'").all();
    database.close();
    const stored = new Set(rows.map(({ text }) => text));
    assert.deepEqual(
      acknowledged.filter((question) => !stored.has(question)),
      [],
    );
  });

  test('loses none either when it is killed', async (context) => {
    const data = temporaryFolder();
    const server = await serve(context, ['--data', data, '--records', '0']);
    for (let index = 0; index < 20; index++) {
      const reply = await ask(server.origin, 'c', `question ${index}`);
      assert.equal(reply.status, 200);
      await reply.text();
    }
    assert.deepEqual(await server.stop('SIGKILL'), [null, 'SIGKILL']);
    const again = await serve(context, ['--data', data]);
    const state: unknown = await (await fetch(`${again.origin}/conversations/c/state`)).json();
    assert.ok(typeof state === 'object' && state !== null && 'messages' in state);
    assert.equal(state.messages, 40);
  });

  test('tells every bad setting at once, and does not start', async () => {
    const { code, stdout, stderr } = await perfkit(['serve', '--port', '0', '--max-cache-size', 'none'], {
      env: { MAX_BATCH_SIZE: '0', PERFKIT_CACHE: 'perhaps', PERFKIT_PROFILE: 'huge' },
    });
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(
      stderr,
      /environment variable MAX_BATCH_SIZE: expected a whole number, from 1 to 10000, got "0"/,
    );
    assert.match(stderr, /--max-cache-size: expected .* got "none"/);
    assert.match(stderr, /environment variable PERFKIT_CACHE: expected on or off, got "perhaps"/);
    assert.match(stderr, /environment variable PERFKIT_PROFILE: expected one of default, .* got "huge"/);
  });

  test('says so when its port is taken or its data is none', async () => {
    const other = createServer();
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const taken = await perfkit(['serve', '--port', String(port), '--passages', '64', '--records', '0']);
    other.close();
    assert.deepEqual([taken.code, taken.stdout], [2, '']);
    assert.match(taken.stderr, new RegExp(`--port: expected a port to listen on, got ${port}: .*EADDRINUSE`));
    const folder = folderWith(
      'app.db',
      'this is no database, but it is long enough to look like a file of one. '.repeat(9),
    );
    const broken = await perfkit(['serve', '--port', '0', '--passages', '64', '--data', folder]);
    assert.deepEqual([broken.code, broken.stdout], [2, '']);
    assert.match(broken.stderr, /--data: expected databases of this server in .*: file is not a database/);
    const file = await perfkit(['serve', '--port', '0', '--data', join(folder, 'app.db')]);
    assert.equal(file.code, 2);
    assert.match(file.stderr, /--data: expected a folder to write to/);
  });

  test('is what builtin:chat starts for a load, with temporary data that is gone afterwards', async () => {
    const temporary = temporaryFolder();
    const cwd = folderWith(
      'chat.perfkit.yaml',
      `version: 1
kind: load
name: chat
target: {http: "builtin:chat"}
phases: [{name: steady, for: 1s, rate: 50/s}]
flows:
  - name: ask
    steps:
      - {post: /messages, name: ask, json: {conversation: c, question: "what about boats"}, expect: {status: 200}}
      - {get: /conversations/c/state, name: state, expect: {status: 200}}
targets: ["errors rate <= 0%"]
`,
    );
    const { code, stderr } = await perfkit(['load', 'chat.perfkit.yaml', '--out', 'out', '--quiet'], {
      cwd,
      env: { TMPDIR: temporary, PASSAGES: '256', RECORDS: '10' },
    });
    // On a busy machine the run may be undecided; that requests failed it may not say.
    assert.ok(code === 0 || code === 5, stderr);
    assert.deepEqual(
      readdirSync(temporary).filter((name) => name.startsWith('perfkit-server-')),
      [],
    );
  });
});
