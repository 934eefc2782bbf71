import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { PerfkitError } from '../../model/errors.ts';
import { printable } from '../problems/printable.ts';
import type { ChildProcess } from 'node:child_process';

/** What a module offers to `perfkit bench`. */
export type ModuleExports =
  | { readonly kind: 'scenario' }
  | {
      readonly kind: 'tinybench';
      readonly benches: readonly { readonly export: string; readonly tasks: readonly string[] }[];
    }
  | { readonly kind: 'functions'; readonly names: readonly string[] };

/** The message of the child that does the import (inspect-module-child.ts). */
export type InspectReply = { readonly exports: ModuleExports } | { readonly error: string };

/**
 * Find out what a module exports, in a process of its own: importing a stranger's module may print, hang or exit.
 * Throws PerfkitError when it does not load within the limit or exports nothing to measure.
 */
export async function inspectModule(absolute: string, limitMs = 30_000): Promise<ModuleExports> {
  const child = fork(childFile, [absolute], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  const timer = setTimeout(() => child.kill('SIGKILL'), limitMs);
  try {
    const reply = await firstReply(child, absolute);
    if ('error' in reply)
      throw new PerfkitError(
        'target',
        `${absolute}: the module failed to load: ${printable(reply.error, 500)}`,
      );
    return reply.exports;
  } finally {
    clearTimeout(timer);
    child.kill('SIGKILL');
  }
}

const childFile = fileURLToPath(
  new URL(`./inspect-module-child${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url),
);

/** The end of what the child prints is kept to explain a crash. */
const maxStderrChars = 2000;

function firstReply(child: ChildProcess, absolute: string): Promise<InspectReply> {
  let stderr = '';
  child.stderr?.setEncoding('utf8');
  child.stderr?.on('data', (text: string) => {
    stderr = (stderr + text).slice(-maxStderrChars);
  });
  const { promise, resolve, reject } = Promise.withResolvers<InspectReply>();
  const fail = (why: string): void => reject(new PerfkitError('target', `${absolute}: ${why}`));
  child.once('message', (message) => {
    if (isReply(message)) resolve(message);
    else fail('the module sent a message of its own while it was loaded');
  });
  child.once('error', (error) => fail(`cannot start a process to load the module: ${error.message}`));
  child.once('close', (code, signal) => {
    const said = stderr.trim() === '' ? '' : `: ${printable(stderr.trim().split('\n').at(-1) ?? '', 300)}`;
    // 13: Node's code for a top-level await that can never settle.
    if (signal === 'SIGKILL' || code === 13) fail('the module did not finish loading');
    else
      fail(`the module ended the process (code ${code ?? signal ?? 'unknown'}) while it was loaded${said}`);
  });
  return promise;
}

function isReply(message: unknown): message is InspectReply {
  return typeof message === 'object' && message !== null && ('error' in message || 'exports' in message);
}
