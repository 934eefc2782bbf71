/**
 * WebSocket round trips of perfkit against a bare `ws` loop: node bench/websocket-peers.ts
 *
 * One echo server (`ws`) on core 0; each client has 50 sockets on core 1 and sends the next message when the reply has
 * come, in turn, five rounds. Compare only within one run. Needs taskset. Takes less than a minute.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WebSocket, WebSocketServer } from 'ws';

const rounds = 5;
const seconds = 3;
const sockets = 50;
const message = '{"ping":1}';
const script = fileURLToPath(import.meta.url);
const bin = fileURLToPath(new URL('../bin/perfkit.js', import.meta.url));

async function main(): Promise<void> {
  if (spawnSync('taskset', ['--version']).error !== undefined) {
    console.log('taskset is not installed: nothing to compare');
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'perfkit-sockets-'));
  const server = spawn('taskset', ['-c', '0', process.execPath, script, 'server'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [chunk]: unknown[] = await once(server.stdout, 'data');
    const port = Number(String(chunk));
    const scenario = join(folder, 'echo.perfkit.yaml');
    writeFileSync(scenario, scenarioText(port));
    const bare: number[] = [];
    const ours: number[] = [];
    for (let round = 0; round < rounds; round++) {
      bare.push(Number(pinned([script, 'client', String(port)])));
      ours.push(perfkitRate(scenario, folder));
    }
    const ratio = median(ours) / median(bare);
    console.log(`bare ws loop  ${show(bare)} round trips a second`);
    console.log(`perfkit       ${show(ours)}, ${ratio.toFixed(2)} of it`);
  } finally {
    server.kill();
    await once(server, 'exit');
    rmSync(folder, { recursive: true, force: true });
  }
}

function scenarioText(port: number): string {
  return `version: 1
kind: load
name: echo
target: {http: "http://127.0.0.1:${port}"}
phases:
  - {name: warmup, for: 1s, users: ${sockets}, measure: false}
  - {name: steady, for: ${seconds}s, users: ${sockets}}
flows:
  - name: echo
    steps:
      - {ws: /, name: echo, send: {text: '${message}'}, match: {}}
`;
}

function perfkitRate(scenario: string, folder: string): number {
  const result: unknown = JSON.parse(
    pinned([bin, 'load', scenario, '--json', '--quiet', '--exit-zero', '--out', join(folder, 'out')]),
  );
  if (typeof result !== 'object' || result === null || !('series' in result) || !Array.isArray(result.series))
    throw new TypeError('Expected a result with series');
  for (const one of result.series) if (one.metric === 'throughput') return Number(one.rate);
  throw new Error('Expected a throughput in the result');
}

function pinned(args: readonly string[]): string {
  const { stdout, stderr, status } = spawnSync('taskset', ['-c', '1', process.execPath, ...args], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  if (status !== 0) throw new Error(`${args.join(' ')} failed: ${stderr}`);
  return stdout;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}

function show(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  return `${median(values).toFixed(0)} (${sorted[0]?.toFixed(0)} to ${sorted.at(-1)?.toFixed(0)})`;
}

function serve(): void {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
  server.on('connection', (socket) => {
    socket.on('message', (data: Buffer, isBinary: boolean) => socket.send(data, { binary: isBinary }));
  });
  server.on('listening', () => {
    const address = server.address();
    if (typeof address === 'object' && address !== null) console.log(address.port);
  });
}

/** What any Node program would do: the next message when the reply has come. Prints round trips a second. */
async function bareClient(port: string): Promise<void> {
  let count = 0;
  const clients = Array.from({ length: sockets }, () => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/`, { perMessageDeflate: false });
    socket.on('message', () => {
      count++;
      socket.send(message);
    });
    return socket;
  });
  await Promise.all(clients.map((socket) => once(socket, 'open')));
  for (const socket of clients) socket.send(message);
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const before = count;
  const startMs = performance.now();
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  const rate = ((count - before) * 1000) / (performance.now() - startMs);
  for (const socket of clients) socket.terminate();
  console.log(rate.toFixed(0));
}

const [mode, port = ''] = process.argv.slice(2);
if (mode === 'server') serve();
else if (mode === 'client') await bareClient(port);
else await main();
