import assert from 'node:assert/strict';
import { test } from 'node:test';
import { splitPackage } from '../../src/plan/read/module-path.ts';

test('an export of a package is a name, not a path', () => {
  assert.deepEqual(splitPackage('lru-cache#LRUCache'), { module: 'lru-cache', export: 'LRUCache' });
  assert.deepEqual(splitPackage('@scope/name/part#run'), { module: '@scope/name/part', export: 'run' });
  assert.deepEqual(splitPackage('chart.js#draw'), { module: 'chart.js', export: 'draw' });
});

test('what could leave the folder, or is a file, is none', () => {
  const others = [
    './a.ts#x',
    '../a.ts#x',
    'parse.ts#parse',
    'parse.mts#parse',
    'a/../b#x',
    'a/./b#x',
    '/a#x',
    'file:a#x',
    'node:fs#readFile',
    'a#',
    '#x',
    'a#x#y',
    'a b#x',
    'C:\\a#x',
    '@/a#x',
    '',
  ];
  for (const text of others) assert.equal(splitPackage(text), null, text);
});
