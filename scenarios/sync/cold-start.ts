import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { ScenarioContext, ScenarioSubject } from '../patterns/scenario-context.ts';

interface ColdStartContext extends ScenarioContext {
  readonly now: () => number;
  readonly histogram: (metric: string) => { record(value: number): void };
}

const longestStartMs = 30_000;

/**
 * `perfkit serve` started as a process of its own, with a new database, until its first correct reply to `GET /health`;
 * and to a question whose answer takes all of its parts; then it is told to stop, and ends. Metrics `cold_start` and
 * `first_answer`: from before the process is made to when the one and the other reply is read.
 */
export function createColdStart(
  _options: Readonly<Record<string, unknown>>,
  { now, histogram }: ColdStartContext,
): ScenarioSubject {
  const program = fileURLToPath(new URL('bin/perfkit.js', import.meta.resolve('perfkit/package.json')));
  const coldStart = histogram('cold_start');
  const firstAnswer = histogram('first_answer');
  return {
    operations: {
      async start() {
        const startNs = now();
        const server = spawn(process.execPath, [program, 'serve', '--port', '0', '--json'], {
          stdio: ['ignore', 'pipe', 'ignore'],
          timeout: longestStartMs,
        });
        const ended = once(server, 'exit');
        try {
          const address = await addressOf(server.stdout);
          const reply = await fetch(`${address}/health`);
          const health: unknown = await reply.json();
          const status =
            typeof health === 'object' && health !== null && 'status' in health ? health.status : null;
          if (reply.status !== 200 || status !== 'ok')
            throw new Error(`Expected the status ok, got ${String(status)}`);
          coldStart.record(now() - startNs);
          const body = JSON.stringify({ conversation: 'first', question: 'What is this about?' });
          const answered = await fetch(`${address}/messages`, { method: 'POST', body });
          const answer: unknown = await answered.json();
          if (answered.status !== 200 || !isWholeAnswer(answer))
            throw new Error(
              `Expected an answer with its module, got ${answered.status} ${JSON.stringify(answer)}`,
            );
          firstAnswer.record(now() - startNs);
        } finally {
          server.kill();
          await ended;
        }
      },
    },
  };
}

function isWholeAnswer(answer: unknown): boolean {
  return typeof answer === 'object' && answer !== null && 'degraded' in answer && answer.degraded === false;
}

/** The first thing in the server's output that is an address. */
async function addressOf(output: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: output })) {
    const [address] = /http:\/\/127\.0\.0\.1:\d+/.exec(line) ?? [];
    if (address !== undefined) return address;
  }
  throw new Error('Expected the server to print its address, got the end of its output');
}
