import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createAnswerTurns } from '../../../src/server/work/answer-turns.ts';
import type { Answer } from '../../../src/server/work/answerer.ts';

/** Each answer takes `costMs`; turns happen when `turn()` says so. */
function setUp({ costMs = 2, msToUrgent }: { costMs?: number; msToUrgent?: () => number } = {}) {
  let nowMs = 0;
  const turns: (() => void)[] = [];
  const asked: string[] = [];
  const { answer } = createAnswerTurns(
    {
      answer(question): Answer {
        asked.push(question);
        nowMs += costMs;
        if (question === 'fail') throw new Error('inside');
        return { text: `about ${question}`, topic: 't', sources: [] };
      },
    },
    {
      now: () => nowMs,
      nextTurn: (callback) => void turns.push(callback),
      ...(msToUrgent !== undefined && { msToUrgent }),
    },
  );
  const turn = (): void => {
    for (const callback of turns.splice(0)) callback();
  };
  return { answer, asked, turns, turn };
}

describe('answers in turns of the event loop', () => {
  test('are given one a turn, in the order of the questions, and no turn is asked for without one', async () => {
    const { answer, asked, turns, turn } = setUp();
    const answers = ['a', 'b', 'c'].map((question) => answer(question));
    assert.deepEqual(asked, []);
    for (const soFar of [['a'], ['a', 'b'], ['a', 'b', 'c']]) {
      assert.equal(turns.length, 1);
      turn();
      assert.deepEqual(asked, soFar);
    }
    assert.equal(turns.length, 0);
    assert.deepEqual(
      (await Promise.all(answers)).map(({ text }) => text),
      ['about a', 'about b', 'about c'],
    );
  });

  test('fail alone', async () => {
    const { answer, turn } = setUp();
    const failed = answer('fail');
    const good = answer('good');
    turn();
    turn();
    await assert.rejects(failed, /inside/);
    assert.equal((await good).text, 'about good');
  });

  test('are not computed for whoever has gone', async () => {
    const { answer, asked, turn } = setUp();
    const leaving = new AbortController();
    const gone = answer('gone', leaving.signal);
    const good = answer('good', new AbortController().signal);
    leaving.abort(new Error('left'));
    turn();
    turn();
    await assert.rejects(gone, /left/);
    await good;
    assert.deepEqual(asked, ['good']);
  });

  test('do not begin when something urgent would have to wait for them, and are not put off for more than 8 ms', () => {
    let urgentMs = Infinity;
    const { answer, asked, turn } = setUp({ costMs: 50, msToUrgent: () => urgentMs });
    for (const question of ['a', 'b', 'c', 'd']) void answer(question);
    turn();
    urgentMs = 7.9;
    turn();
    urgentMs = -1;
    turn();
    assert.deepEqual(asked, ['a']);
    urgentMs = 8;
    turn();
    assert.deepEqual(asked, ['a', 'b']);
  });

  test('expect an answer to take what the last ones took', () => {
    let urgentMs = Infinity;
    const { answer, asked, turn } = setUp({ costMs: 0.2, msToUrgent: () => urgentMs });
    for (let index = 0; index < 40; index++) void answer(String(index));
    // The first one, which nothing is known of, is expected to take a millisecond.
    urgentMs = 0.9;
    turn();
    assert.equal(asked.length, 0);
    urgentMs = Infinity;
    for (let index = 0; index < 30; index++) turn();
    urgentMs = 0.25;
    turn();
    assert.equal(asked.length, 31);
    urgentMs = 0.15;
    turn();
    assert.equal(asked.length, 31);
  });
});
