import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import { createLiveView } from '../../../src/cli/live/live-view.ts';
import { interval, measured, target } from '../../helpers/results.ts';
import { planWith, second } from '../../run/log/logged-runs.ts';
import type { LiveView } from '../../../src/cli/live/live-view.ts';

interface Shown {
  readonly view: LiveView;
  readonly text: () => string;
}

/** A view on a stand-in for stderr; the plan is measured on this thread, so it is drawn when something happens. */
function start(env: NodeJS.ProcessEnv, { isTTY = true, quiet = false } = {}): Shown {
  let text = '';
  const stream = Object.assign(new EventEmitter(), {
    isTTY,
    columns: 100,
    rows: 20,
    writableNeedDrain: false,
    write: (chunk: string): boolean => {
      text += chunk;
      return true;
    },
  }) as unknown as NodeJS.WriteStream;
  const plans = [planWith([target('response_time p50 < 1us')])];
  const view = createLiveView({ plans, environment: measured([]).environment, stream, quiet, env });
  return { view, text: () => text };
}

test('at a terminal it is drawn in place, and gives the cursor back', () => {
  const { view, text } = start({ LANG: 'C.UTF-8', TERM: 'xterm' });
  view.next();
  view.progress({ done: 0.5, label: 'round 1' });
  view.interval(second(1, { tags: { subject: 'b' } }));
  assert.match(text(), /\u001b\[\?25l/);
  assert.match(text(), /example.*round 1.*50%/);
  assert.match(text(), /✗ .*response_time p50 < 1us/);
  view.end();
  assert.ok(text().endsWith('\u001b[?25h'));
  view.interval(interval());
});

test('no cursor codes and no colour off a terminal, with NO_COLOR, in CI and on a dumb terminal', () => {
  for (const [env, isTTY] of [
    [{}, false],
    [{ NO_COLOR: '1' }, true],
    [{ CI: 'true' }, true],
    [{ TERM: 'dumb' }, true],
  ] as const) {
    const { view, text } = start(env, { isTTY });
    view.next();
    view.interval(second(1));
    view.end();
    assert.equal(text(), '');
  }
});

test('quiet says nothing at all', () => {
  const { view, text } = start({ TERM: 'xterm' }, { quiet: true });
  view.next();
  view.interval(second(1));
  view.end();
  assert.equal(text(), '');
});
