import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { longLoadResult } from './long-load-results.ts';

// Time and memory of `perfkit compare` on two results of eight hours of load with four steps: 300 intervals of 96 s,
// 20 histograms in each. The comparison runs in a process of its own, as a user starts it, and says what it took.
//
//     node bench/compare-memory.ts [folder of the built perfkit] [node flags ...]

const limitBytes = 280 * 1024 ** 2;
const limitMs = 3000;

const [built = new URL('../dist', import.meta.url).pathname, ...nodeFlags] = process.argv.slice(2);
const main = pathToFileURL(join(built, 'cli', 'main.js')).href;
const folder = mkdtempSync(join(tmpdir(), 'perfkit-compare-memory-'));
try {
  const files = [1, 2].map((seed) => {
    const result = longLoadResult({
      seed,
      intervals: 300,
      intervalNs: 96e9,
      names: ['list', 'item', 'search', 'order'],
      samples: 10_000,
      responseNs: seed === 1 ? 2e6 : 2.02e6,
    });
    const file = join(folder, `${seed}.json`);
    writeFileSync(file, JSON.stringify(result));
    console.log(`result ${seed}: ${mib(statSync(file).size)}`);
    return file;
  });
  const program = `
    const { main } = await import(${JSON.stringify(main)});
    const startedMs = performance.now();
    await main(['compare', ...${JSON.stringify(files)}]);
    const { maxRSS } = process.resourceUsage();
    process.stderr.write(JSON.stringify({ ms: performance.now() - startedMs, peakBytes: maxRSS * 1024 }));`;
  const child = spawnSync(process.execPath, [...nodeFlags, '--input-type=module', '-e', program], {
    encoding: 'utf8',
    timeout: 120_000,
    maxBuffer: 64 * 1024 * 1024,
  });
  console.log(child.stdout.split('\n').slice(-3).join('\n').trim());
  const { ms, peakBytes } = JSON.parse(child.stderr);
  console.log(`exit ${child.status}, ${ms.toFixed(0)} ms, resident set at most ${mib(peakBytes)}`);
  process.exitCode = child.status === 0 && ms < limitMs && peakBytes < limitBytes ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function mib(bytes: number): string {
  return `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
}
