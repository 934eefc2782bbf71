import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classOfSocketError, classOfStatus } from '../../../src/load/record/error-class.ts';

test('knows the class of a socket error by its code', () => {
  const classes = Object.entries({
    ECONNREFUSED: 'refused',
    ECONNRESET: 'reset',
    EPIPE: 'reset',
    ETIMEDOUT: 'connect_timeout',
    ENOTFOUND: 'dns',
    EHOSTUNREACH: 'unreachable',
    EMFILE: 'file_descriptors',
    EADDRNOTAVAIL: 'address_unavailable',
    ERR_SSL_WRONG_VERSION_NUMBER: 'tls',
    CERT_HAS_EXPIRED: 'tls',
    DEPTH_ZERO_SELF_SIGNED_CERT: 'tls',
    UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'tls',
    ERR_TLS_CERT_ALTNAME_INVALID: 'tls',
    EWHATEVER: 'other',
  });
  for (const [code, expected] of classes)
    assert.equal(classOfSocketError(Object.assign(new Error(code), { code })), expected, code);
  assert.equal(classOfSocketError(new Error('no code')), 'other');
});

test('knows the class of an unwanted status', () => {
  assert.deepEqual([200, 302, 404, 499, 500, 599].map(classOfStatus), [
    'expectation',
    'expectation',
    'status_4xx',
    'status_4xx',
    'status_5xx',
    'status_5xx',
  ]);
});
