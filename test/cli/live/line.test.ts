import assert from 'node:assert/strict';
import { test } from 'node:test';
import { waitText, shareText } from '../../../src/cli/live/figures-text.ts';
import { inert } from '../../../src/cli/live/inert.ts';
import { fit, justify, paint, span, widthOf } from '../../../src/cli/live/line.ts';
import { sparkline } from '../../../src/cli/live/sparkline.ts';

function text(line: ReturnType<typeof fit>): string {
  return paint(line, false);
}

test('a line is cut at its columns, wide characters counting twice and accents not at all', () => {
  assert.equal(text(fit([span('abc'), span('def')], 6)), 'abcdef');
  assert.equal(text(fit([span('abc'), span('def')], 5)), 'abcd…');
  assert.equal(widthOf([span('中文e\u0301')]), 5);
  assert.equal(text(fit([span('中文中文')], 6)), '中文…');
  assert.equal(text(fit([span('x')], 0)), '');
});

test('the left part gives way to the right one', () => {
  assert.equal(text(justify([span('left')], [span('right')], 12)), 'left   right');
  assert.equal(text(justify([span('long left part')], [span('right')], 12)), 'long … right');
  assert.equal(text(justify([span('left')], [span('right')], 4)), 'left');
});

test('colour is put around text, and nowhere without colour', () => {
  assert.equal(paint([span('a'), span('b', 'bad'), span('', 'good')], true), 'a\u001b[31mb\u001b[0m');
  assert.equal(paint([span('b', 'bad')], false), 'b');
});

test('a sparkline is as high as its highest value, and shows the newest', () => {
  assert.equal(sparkline([0, 1, 2, 4, null, 8], 10, true), '▁▂▃▅ █');
  assert.equal(sparkline([9, 1, 2], 2, true), '▅█');
  assert.equal(sparkline([0, 0], 5, true), '▁▁');
  assert.equal(sparkline([], 5, true), '');
  assert.equal(sparkline([1], -3, true), '');
  assert.match(sparkline([0, 1, 2, 3, 4, 5, 6, 7], 8, false), /^[ -~]{8}$/);
});

test('inert text is short, on one line and without control characters', () => {
  assert.equal(inert('a\u001b[31mb\u001b[0m\tc\n'), 'a b c');
  assert.equal(inert('\u001b]8;;http://x\u0007link'), 'link');
  assert.equal(inert('x'.repeat(500), 10), `${'x'.repeat(9)}…`);
});

test('times to wait and shares are short', () => {
  assert.deepEqual([0, 0.4e9, 59.2e9, 125e9, 7_384e9].map(waitText), ['0s', '1s', '1m00s', '2m05s', '2h03m']);
  assert.deepEqual([0, 0.00001, 0.0244, 0.5].map(shareText), ['0%', '<0.01%', '2.44%', '50%']);
});
