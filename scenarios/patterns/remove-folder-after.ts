import { rmSync } from 'node:fs';
import { isRunning } from './shared-folder.ts';

// Removes a folder when a process has ended, and ends:
//
//     node remove-folder-after.js PROCESS-ID FOLDER

const everyMs = 500;
const [, , owner = '', folder = ''] = process.argv;
const timer = setInterval(() => {
  if (isRunning(Number(owner))) return;
  clearInterval(timer);
  if (folder !== '') rmSync(folder, { recursive: true, force: true });
}, everyMs);
