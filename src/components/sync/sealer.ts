import { createCipheriv, createDecipheriv, randomFillSync } from 'node:crypto';
import { expected } from '../internal/option-checks.ts';
import { SealError } from './sync-errors.ts';

export interface SealerOptions {
  /** Keys of 32 bytes by id (1 to 32 characters of A-Z a-z 0-9 . _ -): all that there may be something sealed with. */
  readonly keys: Readonly<Record<string, Uint8Array>>;
  /** Id of the key to seal with. */
  readonly current: string;
  /** Authenticated with each payload and not in it: what it is for, such as a client's id. @default '' */
  readonly context?: string;
  /** Fills with random bytes. @default from the operating system */
  readonly randomFill?: (bytes: Uint8Array) => void;
}

/**
 * Encrypts payloads with AES-256-GCM (NIST SP 800-38D) so that they can neither be read nor changed without the key.
 *
 *     byte 0     1            2 ... 1+n   12 bytes   as long as the data   16 bytes
 *     version 1  n, 1 to 32   key id      nonce      ciphertext            tag
 *
 * All before the nonce, and the context, are authenticated too. A new key is brought in by adding it to `keys` on both
 * sides, then making it `current`, then taking the old one away.
 */
export interface Sealer {
  /** 30 bytes longer than the data, and the key's id. Throws RangeError when the key has sealed 2^32 payloads (SP 800-38D, 8.3). */
  seal(data: Uint8Array): Uint8Array;
  /** Throws SealError. */
  open(sealed: Uint8Array): Uint8Array;
}

const algorithm = 'aes-256-gcm';
const formatVersion = 1;
const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;
const longestKeyId = 32;
const mostSealed = 2 ** 32;
/** Random bytes are fetched for so many nonces at once: a system call each would take longer than a short payload. */
const noncesAtOnce = 256;

export function createSealer(options: SealerOptions): Sealer {
  const { current, context = '', randomFill = (bytes: Uint8Array) => void randomFillSync(bytes) } = options;
  const keys = new Map(Object.entries(options.keys).map(([id, key]) => [id, checkedKey(id, key)]));
  const currentKey = keys.get(current);
  if (currentKey === undefined) {
    throw new RangeError(expected('current', `one of the keys ${[...keys.keys()].join(', ')}`, current));
  }
  const header = Buffer.from(`\0\0${current}`, 'latin1');
  header[0] = formatVersion;
  header[1] = current.length;
  const contextBytes = Buffer.from(context);
  const authenticated = Buffer.concat([header, contextBytes]);
  const nonces = new Uint8Array(noncesAtOnce * nonceBytes);
  let sealed = 0;

  return {
    seal(data) {
      checkBytes('data', data);
      if (sealed >= mostSealed) {
        throw new RangeError(
          `Expected fewer than 2^32 payloads for the key ${current}: make another current.`,
        );
      }
      const place = (sealed++ % noncesAtOnce) * nonceBytes;
      if (place === 0) randomFill(nonces);
      const nonce = nonces.subarray(place, place + nonceBytes);
      const cipher = createCipheriv(algorithm, currentKey, nonce, { authTagLength: tagBytes });
      cipher.setAAD(authenticated);
      const body = cipher.update(data);
      // GCM is a stream: `final` gives no bytes, and makes the tag.
      cipher.final();
      return Buffer.concat([header, nonce, body, cipher.getAuthTag()]);
    },
    open(payload) {
      checkBytes('sealed', payload);
      const { id, nonce, body, tag, head } = split(payload);
      const key = keys.get(id);
      if (key === undefined) {
        throw new SealError(
          'key',
          `Expected a payload sealed with ${[...keys.keys()].join(' or ')}, got ${id}.`,
        );
      }
      const decipher = createDecipheriv(algorithm, key, nonce, { authTagLength: tagBytes });
      decipher.setAAD(id === current ? authenticated : Buffer.concat([head, contextBytes]));
      decipher.setAuthTag(tag);
      const data = decipher.update(body);
      try {
        decipher.final();
      } catch (cause) {
        throw new SealError('forged', 'Expected a payload as it was sealed, got one that was changed.', {
          cause,
        });
      }
      return data;
    },
  };
}

interface Parts {
  readonly id: string;
  readonly head: Uint8Array;
  readonly nonce: Uint8Array;
  readonly body: Uint8Array;
  readonly tag: Uint8Array;
}

function split(sealed: Uint8Array): Parts {
  const [version, idLength = 0] = sealed;
  if (version !== formatVersion) {
    throw new SealError(
      'format',
      `Expected a sealed payload of version ${formatVersion}, got ${version ?? 'none'}.`,
    );
  }
  const nonceAt = 2 + idLength;
  const bodyAt = nonceAt + nonceBytes;
  const tagAt = sealed.byteLength - tagBytes;
  const id = Buffer.from(sealed.subarray(2, nonceAt)).toString('latin1');
  if (tagAt < bodyAt || !isKeyId(id)) {
    throw new SealError('format', `Expected a whole sealed payload, got ${sealed.byteLength} bytes of one.`);
  }
  return {
    id,
    head: sealed.subarray(0, nonceAt),
    nonce: sealed.subarray(nonceAt, bodyAt),
    body: sealed.subarray(bodyAt, tagAt),
    tag: sealed.subarray(tagAt),
  };
}

function checkedKey(id: string, key: unknown): Uint8Array {
  if (!isKeyId(id)) {
    throw new RangeError(expected('keys', `ids of 1 to ${longestKeyId} characters of A-Z a-z 0-9 . _ -`, id));
  }
  if (!(key instanceof Uint8Array)) throw new TypeError(expected(`keys.${id}`, 'a Uint8Array', key));
  if (key.byteLength !== keyBytes) {
    throw new RangeError(expected(`keys.${id}`, `${keyBytes} bytes long`, key.byteLength));
  }
  // A copy: the caller may wipe its own.
  return Uint8Array.from(key);
}

function isKeyId(id: string): boolean {
  return /^[\w.-]{1,32}$/.test(id);
}

function checkBytes(name: string, value: unknown): void {
  if (!(value instanceof Uint8Array)) throw new TypeError(expected(name, 'a Uint8Array', value));
}
