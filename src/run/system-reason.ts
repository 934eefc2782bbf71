import { messageOf } from '../model/errors.ts';

/** What a file system's error means, in words; the error's own message when it is none of the usual ones. */
export function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return systemReasons.get(code) ?? messageOf(error);
}

const systemReasons = new Map([
  ['EACCES', 'permission denied'],
  ['EPERM', 'not permitted'],
  ['EROFS', 'the file system is read-only'],
  ['ENOSPC', 'the disk is full'],
  ['EDQUOT', 'the disk quota is used up'],
  ['EFBIG', 'it would be larger than files may be'],
  ['EIO', 'the disk has an error'],
  ['ENOENT', 'there is no such file or folder'],
  ['ENOTDIR', 'a part of the path is a file, not a folder'],
  ['EISDIR', 'it is a folder'],
  ['EMFILE', 'too many files are open'],
]);
