import { spawn } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './temporary-folder.ts';

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Sent once when this text appears on stdout or stderr, or the log in this folder (of `cwd`) holds two intervals. */
  readonly interrupt?: { readonly signal: NodeJS.Signals } & (
    | { readonly whenLogged: string }
    | { readonly when: RegExp }
  );
  /** Killed after this; a hanging command is a failure, not a hanging test. */
  readonly limitMs?: number;
}

const bin = join(import.meta.dirname, '..', '..', 'bin', 'perfkit.js');

/** Run the built command line as a user does, in a process of its own. */
export function perfkit(args: readonly string[], options: CliOptions = {}): Promise<Outcome> {
  const { cwd = temporaryFolder(), env = {}, interrupt, limitMs = 90_000 } = options;
  const child = spawn(process.execPath, [bin, ...args], {
    cwd,
    env: {
      ...process.env,
      CI: '',
      GITHUB_ACTIONS: '',
      FORCE_COLOR: undefined,
      NO_COLOR: undefined,
      NODE_TEST_CONTEXT: undefined,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  let interrupted = false;
  const look = (text: string): void => {
    if (interrupt === undefined || !('when' in interrupt) || interrupted || !interrupt.when.test(text))
      return;
    interrupted = true;
    child.kill(interrupt.signal);
  };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    look(stdout);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    look(stderr);
  });
  const limit = setTimeout(() => child.kill('SIGKILL'), limitMs);
  const poll =
    interrupt !== undefined && 'whenLogged' in interrupt
      ? setInterval(() => {
          if (intervalsIn(join(cwd, interrupt.whenLogged)) < 2) return;
          clearInterval(poll);
          child.kill(interrupt.signal);
        }, 50)
      : undefined;
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(limit);
      clearInterval(poll);
      resolve({ code, stdout, stderr });
    });
  });
}

/** How many intervals the logs in a folder hold so far. */
export function intervalsIn(folder: string): number {
  const logs = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.hlog')) : [];
  return logs.reduce(
    (sum, name) => sum + readFileSync(join(folder, name), 'utf8').split('{"interval"').length - 1,
    0,
  );
}

/**
 * Run what has to be valid; again, at most twice, when it ends with the exit code of a run that is not: on a machine so
 * busy that a load generator or a measured process stands still for long, it says so rightly.
 */
export async function whenFit(run: () => Promise<Outcome>): Promise<Outcome> {
  let outcome = await run();
  for (let again = 0; again < 2 && outcome.code === 5; again++) outcome = await run();
  return outcome;
}

/** A folder with one file in it. */
export function folderWith(name: string, text: string): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, name), text);
  return folder;
}
