import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { countRequests } from '../../src/server/count-requests.ts';

const anyRequest = fc
  .record({
    headers: fc.array(fc.constantFrom('X: y', 'Accept: */*', 'Cookie: a=b')),
    body: fc.option(fc.string({ maxLength: 20 })),
  })
  .map(({ headers, body }) => {
    const bytes = Buffer.from(body ?? '');
    const length = body === null ? [] : [`content-length: ${bytes.length}`];
    return Buffer.concat([
      Buffer.from(['POST / HTTP/1.1', ...headers, ...length, '', ''].join('\r\n')),
      bytes,
    ]);
  });

test('counts requests however they are cut', () => {
  fc.assert(
    fc.property(fc.array(anyRequest, { maxLength: 5 }), fc.array(fc.nat(300)), (requests, cuts) => {
      const bytes = Buffer.concat(requests);
      const bounds = [0, ...cuts.filter((cut) => cut < bytes.length).toSorted((a, b) => a - b), bytes.length];
      const count = countRequests();
      let total = 0;
      for (const [index, from] of bounds.entries())
        total += count(bytes.subarray(from, bounds[index + 1] ?? bytes.length));
      assert.equal(total, requests.length);
    }),
    { numRuns: 300 },
  );
});

test('a request is complete with its last byte, not before', () => {
  const count = countRequests();
  assert.equal(count(Buffer.from('POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\na')), 0);
  assert.equal(count(Buffer.from('b')), 1);
});
