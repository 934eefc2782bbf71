import { Histogram } from '../src/measure/histogram.ts';
import { createRandom } from '../src/measure/random.ts';

// Memory and time of 20 million records into one histogram: the resident set must not grow with them.
//
//     node bench/record-memory.ts

const records = 20_000_000;
const limitBytes = 4 * 1024 * 1024;

const random = createRandom(1);
// Latencies of all magnitudes from 1 ns to about 8 minutes.
const values = Float64Array.from({ length: 65_536 }, () => Math.exp(random.next() * 27));
const histogram = new Histogram();
for (let index = 0; index < 200_000; index++) histogram.record(values[index & 65_535] ?? 1);

const before = process.memoryUsage.rss();
const startMs = performance.now();
for (let index = 0; index < records; index++) histogram.record(values[index & 65_535] ?? 1);
const elapsedMs = performance.now() - startMs;
const after = process.memoryUsage.rss();

const mib = (bytes: number): string => `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
const flat = after - before <= limitBytes;
console.log(`${records / 1e6} million records: ${((elapsedMs * 1e6) / records).toFixed(1)} ns each`);
console.log(
  `resident set before ${mib(before)}, after ${mib(after)}, grown by ${mib(after - before)}: ${flat ? 'flat' : 'NOT FLAT'}`,
);
console.log(`encoded ${mib(histogram.encode().length)}, count ${histogram.count}`);
process.exitCode = flat && histogram.count === records + 200_000 ? 0 : 1;
