import { spawn } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';
import { PerfkitError } from '../../model/errors.ts';

export interface CommandOptions {
  readonly cwd: string;
  readonly signal: AbortSignal;
  /** Killed after that. */
  readonly limitMs?: number;
  readonly env?: NodeJS.ProcessEnv;
  /** Run by the shell: for a command line that the user has written as such, and nothing else. */
  readonly shell?: boolean;
}

export interface CommandOutcome {
  /** Null when it was killed, or could not be started. */
  readonly code: number | null;
  readonly stdout: string;
  /** The end of all that it printed, for people. */
  readonly tail: string;
}

const maxOutputChars = 1_000_000;
const tailLines = 30;
const maxLineChars = 300;
const killAfterMs = 2_000;

/**
 * Run a program and wait for its end. Arguments are given as they are: no shell reads them. On abort, and after the
 * limit, the program and all that it has started are stopped. Throws PerfkitError when it cannot be started.
 */
export async function runCommand(
  file: string,
  args: readonly string[],
  { cwd, signal, limitMs = 600_000, env = process.env, shell = false }: CommandOptions,
): Promise<CommandOutcome> {
  if (signal.aborted) return { code: null, stdout: '', tail: '' };
  const windows = process.platform === 'win32';
  // A group of its own, so that what a build has started can be stopped with it.
  const child = spawn(file, args, {
    cwd,
    env,
    shell,
    detached: !windows,
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
  });
  let stdout = '';
  let all = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout = (stdout + text).slice(0, maxOutputChars);
    all = (all + text).slice(-maxOutputChars);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    all = (all + text).slice(-maxOutputChars);
  });
  const send = (name: NodeJS.Signals): void => {
    try {
      if (child.pid === undefined) return;
      if (windows) child.kill(name);
      else process.kill(-child.pid, name);
    } catch {
      // It has ended meanwhile.
    }
  };
  let killer: NodeJS.Timeout | null = null;
  const stop = (): void => {
    send('SIGTERM');
    killer ??= setTimeout(() => send('SIGKILL'), killAfterMs);
  };
  const limit = setTimeout(stop, limitMs);
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', (error) =>
        reject(
          new PerfkitError('io', `cannot start ${file}: ${error.message}; is it installed?`, {
            cause: error,
          }),
        ),
      );
      child.once('close', (code) => resolve({ code, stdout, tail: tailOf(all) }));
    });
  } finally {
    clearTimeout(limit);
    if (killer !== null) clearTimeout(killer);
    signal.removeEventListener('abort', stop);
  }
}

/** The last lines, cut, and without what would move a cursor or be a command to a CI runner. */
function tailOf(text: string): string {
  return text
    .split(/\r?\n/)
    .map((line) => stripVTControlCharacters(line).replace(/[\p{Cc}\p{Cf}]+/gu, ' '))
    .filter((line) => line.trim() !== '')
    .slice(-tailLines)
    .map((line) => `  | ${line.slice(0, maxLineChars).replace(/##(?=\w*\[)/g, '# #')}`)
    .join('\n');
}
