import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRedactor, revealSecrets, secretNames } from '../../src/model/secrets.ts';

const env = { TOKEN: 's3cr3t "value"/+', OTHER: 'zzzz', EMPTY: '' };

test('finds every secret that a value refers to, once', () => {
  assert.deepEqual(secretNames({ a: '${secret:TOKEN}', b: ['x ${secret:OTHER} ${secret:TOKEN}'] }), [
    'TOKEN',
    'OTHER',
  ]);
});

test('puts the values in, and names a variable that is not set without any value', () => {
  assert.equal(revealSecrets('Bearer ${secret:OTHER}', env), 'Bearer zzzz');
  assert.throws(() => revealSecrets('${secret:OTHER} ${secret:ABSENT}', env), /the secret ABSENT is not set/);
});

test('takes a value out of text in every form that it may have there', () => {
  const redact = createRedactor(['TOKEN', 'OTHER', 'EMPTY'], env);
  const forms = [
    env.TOKEN,
    Buffer.from(env.TOKEN).toString('base64'),
    encodeURIComponent(env.TOKEN),
    JSON.stringify(env.TOKEN),
  ];
  const out = redact(`${forms.join(' ')} zzzz`);
  for (const form of forms) assert.ok(!out.includes(form.replaceAll('"', '')), out);
  assert.match(out, /\[secret:TOKEN\].*\[secret:OTHER\]/);
  assert.equal(redact('nothing here'), 'nothing here');
});
