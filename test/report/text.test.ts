import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { htmlText, markdownText, plain } from '../../src/report/text.ts';
import { reporters } from '../../src/report/index.ts';
import { exampleRun, hostileText } from './hostile.ts';

test('a command to a CI runner is taken apart, where the runner would see one', () => {
  assert.equal(plain('::error file=a,line=1::x'), ': :error file=a,line=1::x');
  assert.equal(plain('\r\n ::add-mask::x'), ': :add-mask::x');
  assert.equal(plain('\ufffe::error::x'), ': :error::x');
  assert.equal(plain('so: ##[error]x'), 'so: # #[error]x');
  assert.equal(plain('##vso[task.complete]'), '# #vso[task.complete]');
});

test('what only looks like one stays as it is', () => {
  for (const text of ['::1', '[::1]:80', 'a::error::b', '## heading', 'c##d'])
    assert.equal(plain(text), text);
});

test('no text is a command, however it is put together, and what was made plain stays', () => {
  fc.assert(
    fc.property(hostileText, (text) => {
      const out = plain(text);
      assert.doesNotMatch(out, /^\s*::.*::|##\w*\[|[\p{Cc}\p{Cf}\p{Cs}]/u);
      assert.equal(plain(out), out);
      assert.ok(out.isWellFormed());
    }),
    { numRuns: 300 },
  );
});

test('a long text that is cut in the middle of a character stays well-formed', () => {
  assert.ok(plain(`${'x'.repeat(296)}${'\u{1f600}'.repeat(9)}`).isWellFormed());
});

test('markdown and HTML mention nobody and link no issue, also once character references are resolved', () => {
  for (const inert of [markdownText, htmlText]) {
    const resolved = (text: string): string =>
      inert(text)
        .replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))
        .replace(/\\(?=\W)/g, '');
    assert.equal(resolved('@octocat'), '@\u200boctocat');
    assert.equal(resolved('see #12 and !7'), 'see #\u200b12 and !\u200b7');
    assert.equal(resolved('https://a.example'), 'https:\u200b//a.example');
    assert.equal(resolved('www.a.example'), 'www.\u200ba.example');
  }
});

test('HTML text holds no markup of HTML or markdown', () => {
  fc.assert(
    fc.property(hostileText, (text) => assert.doesNotMatch(htmlText(text), /[<>"'`[\]|\\*_]|::/)),
    { numRuns: 300 },
  );
});

test('the JSON report holds no command to a CI runner, and parses to what it was made of', () => {
  const run = { ...exampleRun(), aborted: 'so: ##[error]x ##vso[a]' };
  const text = reporters.json(run, { colourLevel: 0, width: 0 });
  assert.doesNotMatch(text, /##\w*\[/);
  assert.equal(JSON.parse(text).aborted, run.aborted);
});
