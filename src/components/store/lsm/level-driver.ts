import type * as driver from 'classic-level';
import { MissingDriverError } from '../store-errors.ts';
import { levelSettings } from './lsm-options.ts';
import type { LsmStoreOptions } from './lsm-options.ts';

export type Level = driver.ClassicLevel<string, Uint8Array>;

/** Open the database with LevelDB's Node driver, an optional package that is loaded only here. */
export async function openLevel(options: LsmStoreOptions): Promise<Level> {
  const settings = levelSettings(options);
  const { ClassicLevel } = await loadDriver();
  const level = new ClassicLevel<string, Uint8Array>(options.path, {
    ...settings,
    keyEncoding: 'utf8',
    valueEncoding: 'view',
  });
  await level.open();
  return level;
}

async function loadDriver(): Promise<typeof driver> {
  try {
    return await import('classic-level');
  } catch (cause) {
    const missing = cause instanceof Error && 'code' in cause && cause.code === 'ERR_MODULE_NOT_FOUND';
    throw missing ? new MissingDriverError('classic-level', { cause }) : cause;
  }
}
