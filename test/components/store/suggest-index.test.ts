import assert from 'node:assert/strict';
import { test } from 'node:test';
import { suggestIndex } from '../../../src/components/store/index.ts';

const scan = ['SCAN t'];

/** The columns alone. */
function columns(sql: string, plan: readonly string[] = scan): string | null {
  return / \((.*)\)$/.exec(suggestIndex(sql, plan) ?? '')?.[1] ?? null;
}

test('puts equalities first, then the order, then a range', () => {
  assert.equal(columns('SELECT * FROM t WHERE b > ? AND a = ? ORDER BY c DESC LIMIT 5'), 'a, c DESC, b');
  assert.equal(columns('SELECT * FROM t WHERE a = 1 AND b IN (?, ?)'), 'a, b');
  assert.equal(columns("SELECT x FROM t WHERE a>=? AND b<'z'"), 'a');
  assert.equal(columns('SELECT * FROM t ORDER BY a, b ASC, c DESC'), 'a, b, c DESC');
  assert.equal(columns('DELETE FROM t WHERE a = ?'), 'a');
  assert.equal(columns('UPDATE t SET x = ?, y = 2 WHERE a IS ? AND b BETWEEN ? AND ?'), 'a, b');
  assert.equal(columns('select *\n  from t\n where a = ?\n order by b desc'), 'a, b DESC');
  assert.equal(columns('SELECT * FROM t WHERE a = ? ORDER BY a DESC, b'), 'a, b');
});

test('names the index after table and columns', () => {
  assert.equal(
    suggestIndex('SELECT * FROM t WHERE a = ? ORDER BY b DESC', scan),
    'CREATE INDEX IF NOT EXISTS suggested_t_a_b ON t (a, b DESC)',
  );
});

test('suggests nothing where the plan has neither scan nor sort', () => {
  assert.equal(columns('SELECT * FROM t WHERE a = ?', ['SEARCH t USING INDEX i (a=?)']), null);
  assert.equal(columns('SELECT * FROM t WHERE a = ?', []), null);
  const sorted = ['SEARCH t USING INDEX i (a=?)', 'USE TEMP B-TREE FOR ORDER BY'];
  assert.equal(columns('SELECT * FROM t WHERE a = ? ORDER BY b', sorted), 'a, b');
});

test('suggests nothing for what it does not understand', () => {
  for (const sql of [
    'SELECT * FROM t',
    'SELECT * FROM t WHERE a = ? OR b = ?',
    'SELECT * FROM t JOIN u ON t.a = u.a WHERE t.b = ?',
    'SELECT * FROM t, u WHERE a = ?',
    'SELECT a FROM t WHERE b = ? UNION SELECT a FROM u',
    'SELECT * FROM t WHERE a = ? ORDER BY abs(b)',
    'SELECT a, count(*) FROM t WHERE b = ? GROUP BY a',
    'SELECT * FROM t WHERE a IS NOT NULL',
    'PRAGMA optimize',
  ]) {
    assert.equal(columns(sql), null, sql);
  }
});
