import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { paint, widthOf } from '../../../src/cli/live/line.ts';
import { plainLine } from '../../../src/cli/live/plain-line.ts';
import { screen } from '../../../src/cli/live/screen.ts';
import { figures, liveState, liveTarget } from './states.ts';
import type { LiveState } from '../../../src/cli/live/live-state.ts';
import type { ScreenSize } from '../../../src/cli/live/screen.ts';

const size = { columns: 72, rows: 24, unicode: true };

function show(state: LiveState, more: Partial<ScreenSize> = {}, colour = false): string[] {
  return screen(state, { ...size, ...more }).map((line) => paint(line, colour).trimEnd());
}

const failing = liveState({
  succeeded: 12_000,
  failed: 300,
  errors: [
    { class: 'timeout', count: 250, example: 'no reply within 1s' },
    { class: 'status_5xx', count: 50, example: 'GET /: status 503' },
  ],
  targets: [
    liveTarget('response_time p95 < 200ms', 'holds', 4.5e6),
    liveTarget('response_time p99 < 5ms', 'fails', 12e6),
    liveTarget('throughput count >= 4000', 'open', null),
  ],
});

test('a load shows rate, latencies, failures, targets and the generator', () => {
  assert.deepEqual(show(failing), [
    'api  steady 400/s                                           32%  ETA 20s',
    '  rate       396/s of 400/s due      █▅█',
    '  p50        1.20ms                  ▅██',
    '  p95        4.50ms                  ███',
    '  p99        12.0ms                  ███',
    '  in flight  12  0 waiting  50 connections',
    '  done       12.3k  300 failed (2.44%)',
    '  errors     250 x timeout  no reply within 1s',
    '             50 x status_5xx  GET /: status 503',
    '  generator  lag p99 25.0us  cpu 34.0%',
    '  ✓ response_time p95 < 200ms  4.50ms',
    '  ✗ response_time p99 < 5ms  12.0ms',
    '  · throughput count >= 4000',
  ]);
});

test('a target that fails is red, and so are the failures', () => {
  const lines = show(failing, {}, true);
  assert.ok(lines.some((line) => line.includes('\u001b[31mresponse_time p99 < 5ms')));
  assert.ok(lines.some((line) => line.includes('\u001b[31m300 failed')));
});

test('a low terminal keeps what matters most: head, rate, failed targets', () => {
  assert.deepEqual(show(failing, { rows: 5 }), [
    'api  steady 400/s                                           32%  ETA 20s',
    '  rate       396/s of 400/s due      █▅█',
    '  p99        12.0ms                  ███',
    '  ✗ response_time p99 < 5ms  12.0ms',
  ]);
});

test('a generator that falls behind, or is late, is marked', () => {
  const late = figures({ succeeded: 100, lagP99Ns: 20e6, gauges: { cpu: 0.97 }, loopDelayNs: 80e6 });
  const lines = show(liveState({ slices: [late] }), {}, true).join('\n');
  for (const text of ['100/s of 400/s due', 'lag p99 20.0ms', 'cpu 97.0%', 'loop delay 80.0ms'])
    assert.ok(lines.includes(`\u001b[33m${text}`), text);
});

test('a closed load has no rate that is due', () => {
  assert.match(show(liveState({ open: false }))[1] ?? '', /^ {2}rate {7}396\/s +█/);
});

test('a bench shows each subject with its latest round', () => {
  const round = (slice: number, of: string, succeeded: number): ReturnType<typeof figures> =>
    figures({ slice, of, succeeded, durationNs: 1e9, p50Ns: 210, p99Ns: 900, due: null });
  const state = liveState({
    kind: 'bench',
    label: 'lru round 2/3',
    part: 2,
    parts: 5,
    slices: [round(1, 'lru', 3_200_000), round(2, 'fifo', 800_000), round(3, 'lru', 1_600_000)],
  });
  assert.deepEqual(show(state), [
    'api 2/5  lru round 2/3                                      32%  ETA 20s',
    '  lru   1.60M/s   p50 210ns    p99 900ns     █▅',
    '  fifo  800k/s    p50 210ns    p99 900ns     █',
  ]);
});

test('before anything was measured it says what it waits for', () => {
  assert.match(show(liveState({ slices: [] })).join('\n'), /waiting for the first second/);
  assert.match(show(liveState({ slices: [], kind: 'bench' })).join('\n'), /waiting for the first round/);
});

test('what a server or a scenario sends is inert', () => {
  const evil = '\u001b[2J\u001b]0;title\u0007\u009b31m red\r\n\u202e\u0000bell\u0007';
  const state = liveState({
    name: evil,
    label: evil,
    failed: 1,
    errors: [{ class: evil, count: 1, example: evil }],
    targets: [liveTarget(evil, 'fails', 1)],
  });
  const text = [...show(state), plainLine(state)].join('\n');
  assert.doesNotMatch(text, /[^\n\P{C}]/u);
  assert.match(text, /red bell/);
});

test('without UTF-8 every character is ASCII', () => {
  for (const line of show({ ...failing, name: 'größe 中' }, { unicode: false }))
    assert.match(line, /^[ -~]*$/);
});

test('whatever it shows fits the terminal', () => {
  const text = fc.string({ unit: 'binary', maxLength: 60 });
  const state = fc.record({
    name: text,
    label: text,
    kind: fc.constantFrom('load' as const, 'bench' as const),
    slices: fc.array(fc.record({ of: text, succeeded: fc.nat(), durationNs: fc.nat() }).map(figures), {
      maxLength: 8,
    }),
    errors: fc.array(fc.record({ class: text, count: fc.nat(), example: text }), { maxLength: 8 }),
    targets: fc.array(
      fc
        .tuple(text, fc.constantFrom('holds' as const, 'fails' as const, 'open' as const), fc.nat())
        .map((one) => liveTarget(...one)),
      { maxLength: 12 },
    ),
  });
  fc.assert(
    fc.property(
      state,
      fc.integer({ min: 1, max: 200 }),
      fc.integer({ min: 2, max: 40 }),
      fc.boolean(),
      (more, columns, rows, unicode) => {
        const lines = screen(liveState(more), { columns, rows, unicode });
        assert.ok(lines.length >= 1 && lines.length < rows);
        for (const line of lines) assert.ok(widthOf(line) <= columns);
      },
    ),
    { numRuns: 300 },
  );
});

test('a plain line says where the run is, how it goes and what fails', () => {
  assert.equal(
    plainLine(failing),
    ' 32%  ETA 20s  api: steady 400/s  396/s of 400/s  p50 1.20ms p95 4.50ms p99 12.0ms  errors 2.44%  FAILS response_time p99 < 5ms  12.0ms',
  );
  assert.equal(plainLine(liveState({ slices: [] })), ' 32%  ETA 20s  api: steady 400/s');
});
