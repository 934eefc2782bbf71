/**
 * Steps a second of a flow with captures and expectations: node bench/flow-steps.ts
 *
 * A server on core 0 answers from memory; the generator runs on core 1, five rounds, the plain flow and the one with
 * captures in turn. Both flows have three steps. Needs taskset.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { runLoad } from '../src/run/load.ts';
import type { FlowPlan, LoadPlan, StepPlan } from '../src/model/plan.ts';

const rounds = 5;
const seconds = 2;
const users = 50;
const script = fileURLToPath(import.meta.url);

const plain: StepPlan = {
  name: '',
  method: 'GET',
  path: '/items',
  headers: [],
  body: null,
  bodyFormat: 'text',
  expectStatus: [200],
  think: null,
};

const flows: Readonly<Record<string, FlowPlan>> = {
  plain: {
    name: 'plain',
    kind: 'requests',
    weight: 1,
    steps: ['list', 'item', 'buy'].map((name) => ({ ...plain, name })),
  },
  'with captures and expectations': {
    name: 'full',
    kind: 'requests',
    weight: 1,
    cookies: true,
    steps: [
      {
        ...plain,
        name: 'list',
        expect: {
          headers: [{ name: 'content-type', value: { kind: 'matches', pattern: 'json' } }],
          body: [],
          json: [{ path: ['ok'], shown: '$.ok', value: 'true' }],
        },
        captures: [
          { name: 'id', source: { from: 'json', path: ['items', null, 'id'] } },
          { name: 'csrf', source: { from: 'regex', pattern: '"csrf":"([^"]+)"' } },
        ],
      },
      {
        ...plain,
        name: 'item',
        path: '/items/${captured:id}?u=${user}',
        expect: { headers: [], body: [{ kind: 'contains', text: '"id":' }], json: [] },
        captures: [{ name: 'token', source: { from: 'header', header: 'x-token' } }],
      },
      {
        ...plain,
        name: 'buy',
        method: 'POST',
        path: '/orders',
        headers: [
          ['x-token', '${captured:token}'],
          ['content-type', 'application/json'],
        ],
        body: '{"id":"${captured:id}","csrf":"${captured:csrf}","n":"${iteration}"}',
        bodyFormat: 'json',
        expect: { headers: [], body: [], json: [{ path: ['ok'], shown: '$.ok', value: 'true' }] },
      },
    ],
  },
};

const reply = (() => {
  const items = Array.from({ length: 10 }, (_, index) => ({ name: `item ${index}`, id: index + 100 }));
  const body = JSON.stringify({ ok: true, csrf: 'f3a9c1', items });
  return Buffer.from(
    `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Token: t-123\r\nSet-Cookie: sid=abc; Path=/\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
})();

/** As little server as can be: a reply for each request, which comes in one piece. */
function serve(): void {
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on('data', () => socket.write(reply));
    socket.on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    console.log(typeof address === 'object' ? address?.port : '');
  });
}

function planOf(flow: FlowPlan, port: number): LoadPlan {
  const phase = {
    arrivals: { model: 'closed', users },
    flows: [flow.name],
    with: null,
    maxRequests: null,
    maxFlows: null,
    maxFlowsPerUser: null,
    pacingNs: null,
    connections: users,
  } as const;
  return {
    schema: 'perfkit/plan@1',
    kind: 'load',
    scenario: { name: 'flow-steps', file: null, folder: '/', tags: [], hash: '', seed: 1 },
    metrics: [],
    targets: [],
    expectedNs: 0,
    target: { origin: `http://127.0.0.1:${port}`, builtin: null, allow: [] },
    phases: [
      { ...phase, name: 'warm-up', forNs: 0.5e9, measured: false },
      { ...phase, name: 'steady', forNs: seconds * 1e9, measured: true },
    ],
    flows: [flow],
    limits: {
      timeoutNs: 10e9,
      connectTimeoutNs: 5e9,
      maxBodyBytes: 1e6,
      maxHeaderBytes: 65_536,
      maxWaiting: 0,
      gracefulStopNs: 1e9,
      pacing: 'eco',
    },
    workers: 1,
  };
}

async function drive(name: string, port: number): Promise<void> {
  const flow = flows[name];
  if (flow === undefined) throw new Error(`no flow ${name}`);
  let ok = 0;
  let ns = 0;
  let errors = 0;
  await runLoad(planOf(flow, port), {
    signal: new AbortController().signal,
    progress: () => undefined,
    sink: ({ measured, counters }) => {
      if (!measured) return;
      for (const { metric, count, of } of counters) {
        if (metric === 'errors') errors += count;
        if (metric !== 'throughput') continue;
        ok += count;
        // each of the steps has a counter over the same time
        ns += of / flow.steps.length;
      }
    },
  });
  console.log(JSON.stringify({ stepsPerSecond: (ok / ns) * 1e9, errors }));
}

async function main(): Promise<void> {
  const server = spawn('taskset', ['-c', '0', process.execPath, script, 'serve'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [first]: unknown[] = await once(server.stdout, 'data');
    const port = String(first).trim();
    const rates = new Map(Object.keys(flows).map((name) => [name, [] as number[]]));
    for (let round = 1; round <= rounds; round++) {
      for (const [name, list] of rates) {
        const { stdout } = spawnSync('taskset', ['-c', '1', process.execPath, script, 'drive', name, port], {
          encoding: 'utf8',
        });
        const result: unknown = JSON.parse(stdout);
        const { stepsPerSecond, errors } = Object(result);
        if (errors !== 0) throw new Error(`${name}: ${errors} steps failed`);
        list.push(Number(stepsPerSecond));
      }
    }
    for (const [name, list] of rates) {
      const median = list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)] ?? 0;
      console.log(
        `${name}: ${Math.round(median)} steps/s (${list.map((rate) => Math.round(rate)).join(', ')})`,
      );
    }
  } finally {
    server.kill();
    await once(server, 'exit');
  }
}

const [mode, name = '', port = ''] = process.argv.slice(2);
if (mode === 'serve') serve();
else if (mode === 'drive') await drive(name, Number(port));
else await main();
