import assert from 'node:assert/strict';
import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { deflateSync } from 'node:zlib';
import { PerfkitError } from '../../../src/model/errors.ts';
import { createCollector } from '../../../src/run/collector.ts';
import { readLog } from '../../../src/run/log/read-log.ts';
import { toMeasured } from '../../../src/run/measured.ts';
import { range, target } from '../../helpers/results.ts';
import { completeEnd, headerOf, logText, planWith, second } from './logged-runs.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import type { Interval } from '../../../src/model/interval.ts';
import type { Collected } from '../../../src/run/collector.ts';
import type { Measured } from '../../../src/run/measured.ts';

const folder = temporaryFolder();
const file = join(folder, 'a.hlog');

function collect(intervals: readonly Interval[]): Collected {
  const collector = createCollector(planWith().metrics);
  for (const one of intervals) collector.add(one);
  const collected = collector.finish();
  collector.destroy();
  return collected;
}

async function read(text: string | Uint8Array): ReturnType<typeof readLog> {
  writeFileSync(file, text);
  return await readLog(file);
}

function refuses(text: string | Uint8Array, pattern: RegExp): Promise<void> {
  return assert.rejects(read(text), (error) => {
    assert.ok(error instanceof PerfkitError, String(error));
    assert.equal(error.code, 'result');
    assert.match(error.message, pattern);
    return true;
  });
}

test('the log of a run gives the result that the run gave', async () => {
  const intervals = range(700, (index) => second(index));
  const plan = planWith();
  const { measured } = await read(await logText(intervals, { plan, end: completeEnd }));
  assert.deepEqual(measured, toMeasured(headerOf(plan), collect(intervals), completeEnd));
  assert.ok(measured.intervals.length > 100 && measured.errors.length === 1);
});

test('a run that was killed is not complete, and suspect', async () => {
  const intervals = range(4, (index) => second(index));
  const { measured } = await read(await logText(intervals));
  const { durationNs, complete, validity, ...rest } = measured;
  const whole: Measured = toMeasured(headerOf(planWith()), collect(intervals), completeEnd);
  assert.deepEqual([durationNs, complete, validity.state], [4e9 + 0.25, false, 'suspect']);
  assert.match(validity.reasons.join(), /the run was killed.*up to 4\.00s after the start/);
  assert.deepEqual(rest.series, whole.series);
});

test('targets come back as they were planned', async () => {
  const targets = [
    target('response_time{name:list} p99.9 <= 20ms in steady over 10s', {
      id: 'T1',
      source: 'the manual',
      line: 7,
    }),
    target('errors rate < 0.1%', { severity: 'warn' }),
    target('throughput rate >= baseline * 0.9'),
  ];
  const { targets: found } = await read(await logText([second(1)], { plan: planWith(targets) }));
  assert.deepEqual(
    found.map(({ target: { metric, tags, aggregation, op, limit, phase, overNs }, ...rest }) => ({
      ...rest,
      target: { metric, tags, aggregation, op, limit, phase, overNs },
    })),
    targets.map(({ target: { metric, tags, aggregation, op, limit, phase, overNs }, ...rest }) => ({
      ...rest,
      target: { metric, tags, aggregation, op, limit, phase, overNs },
    })),
  );
});

test('wherever the file was torn off, the intervals before are there', async () => {
  const intervals = range(3, (index) => second(index));
  const text = Buffer.from(await logText(intervals, { end: completeEnd }));
  const endsOfIntervals = [...text.toString('latin1').matchAll(/^#\[perfkit \{"interval".*\n/gm)].map(
    (match) => match.index + match[0].length,
  );
  const headEnd = text.indexOf('\n', text.indexOf('{"run"')) + 1;
  writeFileSync(file, text);
  for (let length = text.length - 1; length > 0; length -= length > headEnd ? 5 : 97) {
    truncateSync(file, length);
    if (length < headEnd) {
      await assert.rejects(readLog(file), /no log of a perfkit run/);
      continue;
    }
    const { measured } = await readLog(file);
    const whole = endsOfIntervals.filter((end) => end <= length).length;
    assert.equal(measured.intervals.length, whole, `${length} bytes`);
    assert.equal(measured.complete, false);
  }
});

test('a block of zeros at the end, as a crash of the machine leaves it, is dropped', async () => {
  const { measured } = await read(
    Buffer.concat([Buffer.from(await logText([second(1)])), Buffer.alloc(5000)]),
  );
  assert.equal(measured.intervals.length, 1);
});

test('what no log has is refused with its line', async () => {
  const good = await logText([second(1)]);
  const lines = good.split('\n');
  const tagLine = lines.findIndex((line) => line.startsWith('Tag='));
  const change = (at: number, line: string): string => lines.with(at, line).join('\n');
  const bomb = deflateSync(Buffer.alloc(64 * 1024 * 1024));
  const head = Buffer.alloc(8);
  head.writeInt32BE(0x1c849314, 0);
  head.writeInt32BE(bomb.length, 4);
  const cases: readonly (readonly [string, RegExp])[] = [
    ['', /no log of a perfkit run/],
    ['#[Histogram log format version 1.3]\n', /no log of a perfkit run/],
    [change(1, '#[perfkit {"run":{}}]'), /a\.hlog:2: expected a record of a perfkit log/],
    [change(1, '#[perfkit {"run":'), /a\.hlog:2: expected a record that ends with/],
    [change(1, '#[perfkit {"run":]'), /a\.hlog:2: expected JSON in the record/],
    [lines.toSpliced(1, 1).join('\n'), /:5: expected the record of the run first/],
    [change(tagLine, 'garbage'), new RegExp(`a\\.hlog:${tagLine + 1}: expected "Tag=`)],
    [change(tagLine, 'Tag=x,0,1,2,HISTFAAAA'), /cannot read a histogram/],
    [
      change(tagLine, `Tag=x,0,1,2,${Buffer.concat([head, bomb]).toString('base64')}`),
      /cannot read a histogram/,
    ],
    [
      change(tagLine, (lines[tagLine] ?? '').replace(/^Tag=[^,]*/, 'Tag=other')),
      /expected the interval's histogram/,
    ],
    [lines.toSpliced(tagLine, 1).join('\n'), /expected the interval's histogram .* got none/],
    [
      lines.toSpliced(tagLine, 0, lines[tagLine] ?? '').join('\n'),
      /more histograms came than the interval has/,
    ],
    [good.replaceAll('"counters":[[2,', '"counters":[[99,'), /a series that was named before, got number 99/],
    [`${good}#[perfkit {"series":{"id":50,"metric":"x","tags":{}}}]\n`, /expected series 5 of at most 20000/],
    [
      good.replace(
        '"targets":[]',
        '"targets":[{"id":null,"expr":"response_time","source":null,"severity":"error","line":null}]',
      ),
      /a\.hlog:2: expected p50/,
    ],
    [
      good.replace(
        '"targets":[]',
        '"targets":[{"id":null,"expr":"nothing p50 < 1ms","source":null,"severity":"error","line":null}]',
      ),
      /a\.hlog:2: the target .* names no metric/,
    ],
    [`#${'x'.repeat(5 * 1024 * 1024)}\n${good}`, /a\.hlog:1: a line is longer than/],
    [`${good}#${'x'.repeat(5 * 1024 * 1024)}`, /a line is longer than/],
  ];
  for (const [text, pattern] of cases) await refuses(text, pattern);
  await assert.rejects(readLog(join(folder, 'absent.hlog')), /cannot read the log .*there is no such file/);
  await assert.rejects(readLog(folder), PerfkitError);
});
