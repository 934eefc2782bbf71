// Run by `npm ci` in a checkout: puts the checkout's own command where npx looks first. Without it npx links the
// checkout into its cache, and a first run that fails there (before `npm ci`) breaks every later one.
import { existsSync, rmSync, symlinkSync } from 'node:fs';

const folder = new URL('../node_modules/.bin/', import.meta.url);
if (existsSync(folder) && process.platform !== 'win32') {
  const link = new URL('perfkit', folder);
  rmSync(link, { force: true });
  symlinkSync('../../bin/perfkit.js', link);
}
