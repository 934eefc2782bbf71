import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { createAnswerer, likeness } from '../../../src/server/work/answerer.ts';
import { createCorpus } from '../../../src/server/work/corpus.ts';
import {
  createManyTextsEncoder,
  encodedDimensions,
  encodeText,
  wordsOf,
} from '../../../src/server/work/encode-text.ts';
import { createLateAnswerer } from '../../../src/server/work/late-answerer.ts';
import { measureWork } from '../../../src/server/work/measure-work.ts';
import { countPassagesByWord, summariseTopic } from '../../../src/server/work/summarise-topic.ts';

const corpus = createCorpus(7, 640);

describe('the corpus', () => {
  test('is the same for the same seed, and another for another', () => {
    assert.deepEqual(createCorpus(7, 640).passages, corpus.passages);
    assert.notDeepEqual(createCorpus(8, 640).passages, corpus.passages);
    assert.equal(corpus.question(5), createCorpus(7, 64).question(5));
    assert.notEqual(corpus.question(5), corpus.question(6));
  });

  test('speaks of each topic in its own words', () => {
    for (const { topic, sentences } of corpus.passages.slice(0, 64)) {
      const words = new Set(corpus.topics[topic]?.words);
      const own = sentences.join(' ').toLowerCase().match(/\w+/g) ?? [];
      assert.ok(own.filter((word) => words.has(word)).length >= 5);
    }
  });
});

describe('the encoder', () => {
  test('gives vectors of length 1, or of zeros for a text without words', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200, unit: 'grapheme' }), (text) => {
        const vector = encodeText(text);
        assert.equal(vector.length, encodedDimensions);
        const length = Math.sqrt(likeness(vector, vector));
        assert.ok(length === 0 || Math.abs(length - 1) < 1e-5, String(length));
      }),
      { numRuns: 300 },
    );
    assert.ok(encodeText(' ?! ').every((value) => value === 0));
  });

  test('gives the same vectors when it keeps words, for words that repeat very often too', () => {
    const encode = createManyTextsEncoder();
    for (const { sentences } of corpus.passages) {
      const text = sentences.join(' ');
      assert.deepEqual(encode(text), encodeText(text));
    }
    fc.assert(
      fc.property(fc.string({ maxLength: 100, unit: 'grapheme' }), fc.string({ maxLength: 100 }), (a, b) => {
        for (const text of [a, b, `${b} ${a}`]) assert.deepEqual(encode(text), encodeText(text));
      }),
      { numRuns: 300 },
    );
    const long = 'aaaa'.repeat(500);
    assert.deepEqual(encode(long), encodeText(long));
  });

  test('finds the same words in ASCII as in any text', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 100, unit: 'binary-ascii' }), (text) => {
        // With a letter beyond ASCII at the end, apart from the rest, the way for any text is taken.
        assert.deepEqual([...wordsOf(text), 'ж'], wordsOf(`${text} ж`));
      }),
      { numRuns: 300 },
    );
  });

  test('does not see case, accents and punctuation', () => {
    assert.deepEqual(encodeText('Café, CREME!'), encodeText('cafe creme'));
  });

  test('puts a misspelt text nearer to the right one than to another', () => {
    const [right, wrong, other] = [
      'the conversation about gardens',
      'the convrsation about garden',
      'interest rates',
    ].map(encodeText);
    assert.ok(right !== undefined && wrong !== undefined && other !== undefined);
    assert.ok(likeness(right, wrong) > likeness(right, other) + 0.3);
  });
});

describe('answers', () => {
  const { answer } = createAnswerer(corpus);

  test('come from the topic that was asked about, four times in five at least, of 64 topics', () => {
    let right = 0;
    for (let number = 0; number < 100; number++) {
      const question = corpus.question(number);
      const { topic, text, sources } = answer(question);
      assert.ok(text.length > 20 && sources.length === 3);
      const words = corpus.topics.find(({ name }) => name === topic)?.words ?? [];
      if (words.some((word) => question.includes(word))) right++;
    }
    assert.ok(right >= 80, `${right} of 100`);
  });

  test('are the same each time, and there is one for a question without words', () => {
    assert.deepEqual(answer('what about rivers?'), answer('what about rivers?'));
    assert.ok(answer('?').sources.length > 0);
  });

  test('are timed one by one, without those that warm up', async () => {
    let now = 0;
    let asked = 0;
    const slow = {
      answer(question: string) {
        now += ++asked <= 40 ? 100 : asked - 40;
        return answer(question);
      },
    };
    let turns = 0;
    const nextTurn = (callback: () => void): void => {
      turns++;
      callback();
    };
    assert.deepEqual(await measureWork(corpus, slow, { now: () => now, nextTurn }, 10), {
      medianMs: 6,
      p90Ms: 10,
      answers: 10,
    });
    assert.equal(turns, 50);
  });

  test('come from an answerer that is made once, when it is needed', () => {
    let made = 0;
    const late = createLateAnswerer(() => {
      made++;
      return { answer };
    });
    assert.equal(made, 0);
    assert.deepEqual(late.answer('what about rivers?'), answer('what about rivers?'));
    late.prepare();
    assert.equal(made, 1);
    const other = createLateAnswerer(() => {
      made++;
      return { answer };
    });
    other.prepare();
    assert.equal(made, 2);
  });
});

test('a summary of a topic has its sentences and its keywords, and an unknown topic has none', () => {
  const counts = countPassagesByWord(corpus);
  const topic = corpus.topics[3];
  assert.ok(topic !== undefined);
  const summary = summariseTopic(corpus, counts, topic.name);
  assert.ok(summary !== null);
  assert.equal(summary.passages, 10);
  assert.ok(
    summary.keywords.filter((word) => topic.words.includes(word)).length >= 6,
    summary.keywords.join(),
  );
  assert.ok(summary.summary.length > 20);
  assert.equal(summariseTopic(corpus, counts, '__proto__'), null);
});
