import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { messageOf, PerfkitError } from '../../model/errors.ts';
import { secureContextOf } from './tls-endpoint.ts';
import type { TlsPlan } from '../../model/plan.ts';
import type { TlsFiles } from './tls-endpoint.ts';

/** More than all authorities of a system, in one file. */
const maxFileBytes = 4 * 1024 * 1024;

/** Read certificates and key once; paths are relative to `folder`. Throws PerfkitError ('target') for a file that cannot be read or used. */
export function readTlsFiles(tls: TlsPlan | undefined, folder: string): TlsFiles {
  const at = (path: string | null | undefined): string | null =>
    path === null || path === undefined ? null : resolve(folder, path);
  const files: TlsFiles = {
    ca: read('ca', at(tls?.ca), 'CERTIFICATE'),
    cert: read('cert', at(tls?.cert), 'CERTIFICATE'),
    key: read('key', at(tls?.key), 'PRIVATE KEY'),
  };
  try {
    secureContextOf(files);
  } catch (error) {
    throw new PerfkitError(
      'target',
      `target.tls cannot be used: ${messageOf(error)}; expected PEM files, and a key without passphrase that belongs to the certificate`,
      { cause: error },
    );
  }
  return files;
}

function read(name: string, path: string | null, holds: string): string | null {
  if (path === null) return null;
  let text: string;
  try {
    const info = statSync(path);
    if (!info.isFile()) throw new TypeError('it is no file');
    if (info.size > maxFileBytes)
      throw new RangeError(`it has ${info.size} bytes, at most ${maxFileBytes} are read`);
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new PerfkitError('target', `cannot read target.tls.${name} from ${path}: ${messageOf(error)}`, {
      cause: error,
    });
  }
  // OpenSSL takes a file without any certificate for an empty list, and the verification would fail later
  if (!new RegExp(`-----BEGIN [A-Z0-9 ]*${holds}-----`).test(text)) {
    throw new PerfkitError(
      'target',
      `expected target.tls.${name} to be a PEM file with a "BEGIN ${holds}" line, got another file: ${path}`,
    );
  }
  return text;
}
