import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import { TerminalBlock } from '../../../src/cli/live/terminal-block.ts';
import type { TerminalOwner, TerminalStream } from '../../../src/cli/live/terminal-block.ts';

/** A terminal that knows the few codes that are used; its height is not limited. */
class FakeTerminal extends EventEmitter implements TerminalStream {
  columns = 20;
  writableNeedDrain = false;
  cursorShown = true;
  lines: string[] = [''];
  #row = 0;

  write: TerminalStream['write'] = (chunk: string | Uint8Array): boolean => {
    const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
    for (const [token] of text.matchAll(/\u001b\[\??\d*[A-Za-z]|\r|\n|[^\u001b\r\n]+/g)) this.#take(token);
    return true;
  };

  get shown(): string[] {
    return this.lines.filter((line, index) => line !== '' || index < this.lines.length - 1);
  }

  #take(token: string): void {
    if (token === '\u001b[?25l') this.cursorShown = false;
    else if (token === '\u001b[?25h') this.cursorShown = true;
    else if (token === '\n') {
      this.#row += 1;
      if (this.#row === this.lines.length) this.lines.push('');
    } else if (token === '\u001b[J') this.lines = this.lines.slice(0, this.#row).concat('');
    else if (/^\u001b\[\d+A$/.test(token)) this.#row -= Number(token.slice(2, -1));
    else if (token === '\r' || token === '\u001b[K') return;
    else this.lines[this.#row] = token;
    assert.ok(this.#row >= 0, 'above the top');
  }
}

class FakeOwner extends EventEmitter implements TerminalOwner {
  readonly pid = 1;
  readonly killed: string[] = [];
  kill(_: number, signal: NodeJS.Signals): boolean {
    this.killed.push(signal);
    return true;
  }
}

function lines(...texts: readonly string[]): { text: string; width: number }[] {
  return texts.map((text) => ({ text, width: text.length }));
}

function start(): { terminal: FakeTerminal; owner: FakeOwner; block: TerminalBlock } {
  const terminal = new FakeTerminal();
  const owner = new FakeOwner();
  terminal.write('before\n');
  return { terminal, owner, block: new TerminalBlock(terminal, owner) };
}

test('a block is drawn over in place, also when it shrinks and grows', () => {
  const { terminal, block } = start();
  block.draw(lines('a1', 'b1', 'c1'));
  block.draw(lines('a2'));
  assert.deepEqual(terminal.shown, ['before', 'a2']);
  block.draw(lines('a3', 'b3'));
  assert.deepEqual(terminal.shown, ['before', 'a3', 'b3']);
  assert.equal(terminal.cursorShown, false);
  block.close();
  assert.deepEqual(terminal.shown, ['before']);
  assert.equal(terminal.cursorShown, true);
});

test('what others write goes above the block, whole lines or not', () => {
  const { terminal, block } = start();
  block.draw(lines('view'));
  terminal.write('child said\n');
  assert.equal(terminal.cursorShown, true);
  block.draw(lines('view'));
  assert.deepEqual(terminal.shown, ['before', 'child said', 'view']);
  terminal.write(Buffer.from('no newline'));
  block.draw(lines('view'));
  assert.deepEqual(terminal.shown, ['before', 'child said', 'no newline', 'view']);
  block.close();
});

test('the callback of a write is passed on', () => {
  const { terminal, block } = start();
  const calls: unknown[][] = [];
  const plain = new FakeTerminal();
  plain.write = (...args: unknown[]): boolean => calls.push(args) > 0;
  const done = (): void => undefined;
  const other = new TerminalBlock(plain, new FakeOwner());
  plain.write('x', done);
  plain.write('x', 'utf8', done);
  assert.deepEqual(calls, [
    ['x', done],
    ['x', 'utf8', done],
  ]);
  other.close();
  block.close();
  assert.equal(terminal.cursorShown, true);
});

test('a terminal that became narrower has wrapped the lines that are drawn over', () => {
  const { terminal, block } = start();
  block.draw(lines('12345678901234567890', 'b'));
  let written = '';
  const write = terminal.write;
  block.close();
  terminal.write = (chunk: string | Uint8Array): boolean => {
    written += String(chunk);
    return true;
  };
  const again = new TerminalBlock(terminal, new FakeOwner());
  again.draw(lines('12345678901234567890', 'b'));
  terminal.columns = 7;
  written = '';
  again.draw(lines('1234567', 'b'));
  assert.ok(written.startsWith('\u001b[4A'), JSON.stringify(written));
  again.close();
  terminal.write = write;
});

test('the cursor comes back on every way out', () => {
  for (const event of ['exit', 'SIGTSTP', 'SIGQUIT']) {
    const { terminal, owner, block } = start();
    block.draw(lines('view'));
    owner.emit(event);
    assert.equal(terminal.cursorShown, true, event);
    assert.deepEqual(terminal.shown, ['before'], event);
    assert.deepEqual(owner.killed, { exit: [], SIGTSTP: ['SIGSTOP'], SIGQUIT: ['SIGQUIT'] }[event]);
    block.close();
    assert.equal(owner.eventNames().length, 0);
  }
});

test('a process that goes on after a stop draws again', () => {
  const { terminal, owner, block } = start();
  block.draw(lines('view'));
  owner.emit('SIGTSTP');
  owner.emit('SIGCONT');
  assert.deepEqual(terminal.shown, ['before', 'view']);
  block.close();
});

test('a terminal that does not keep up is not written to', () => {
  const { terminal, block } = start();
  terminal.writableNeedDrain = true;
  block.draw(lines('view'));
  assert.deepEqual(terminal.shown, ['before']);
  block.close();
  block.draw(lines('after the end'));
  assert.deepEqual(terminal.shown, ['before']);
});
