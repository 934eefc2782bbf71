import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The browser for tests: `CHROMIUM`, or the first of the usual names in `PATH`; null when there is none. */
export function findChromium(): string | null {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const places = ['chromium', 'chromium-browser', 'google-chrome'].flatMap((name) =>
    folders.map((folder) => join(folder, name)),
  );
  return [process.env['CHROMIUM'] ?? '', ...places].find(isExecutable) ?? null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return path !== '';
  } catch {
    return false;
  }
}
