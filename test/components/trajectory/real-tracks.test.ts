import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { encodeTrajectory } from '../../../src/components/trajectory/index.ts';
import { gorillaBits } from './gorilla.ts';

const folder = new URL('../../../../shared/data/trajectories/', import.meta.url);
const skip = existsSync(folder) ? false : 'the folder ../shared/data/trajectories is not there';

function readCsv(name: string): Float64Array {
  const lines = readFileSync(new URL(name, folder), 'utf8').trim().split('\n');
  return Float64Array.from(lines, Number);
}

/** Column of a track after its six header lines: 0 latitude, 1 longitude, 3 altitude, 4 days. */
function readTrack(column: number): Float64Array {
  const lines = readFileSync(new URL('geolife-walk.plt', folder), 'utf8').trim().split('\n').slice(6);
  return Float64Array.from(lines, (line) => Number(line.split(',')[column]));
}

const bitsPerValue = (column: Float64Array): number =>
  (encodeTrajectory([column]).length * 8) / column.length;

describe('real series take fewer bits a value than ALP reaches', { skip }, () => {
  // Afroozeh and others, SIGMOD 2024, table 4: over the whole data sets, of which these are the first 1,024 values.
  for (const [name, alp] of [
    ['bird_migration_f.csv', 20.1],
    ['city_temperature_f.csv', 10.7],
    ['stocks_usa_c.csv', 7.9],
  ] as const) {
    test(name, (context) => {
      const column = readCsv(name);
      const bits = bitsPerValue(column);
      context.diagnostic(
        `${bits.toFixed(2)} bits a value, ALP ${alp}, Gorilla ${(gorillaBits(column) / column.length).toFixed(2)}`,
      );
      assert.ok(bits <= alp);
    });
  }
});

describe('a GPS track takes a quarter of what Gorilla takes', { skip }, () => {
  for (const [name, column] of [
    ['latitude', 0],
    ['longitude', 1],
    ['days', 4],
  ] as const) {
    test(name, (context) => {
      const values = readTrack(column);
      const [bits, gorilla] = [bitsPerValue(values), gorillaBits(values) / values.length];
      context.diagnostic(
        `${bits.toFixed(2)} bits a value (n = ${values.length}), Gorilla ${gorilla.toFixed(2)}`,
      );
      assert.ok(bits <= gorilla / 4);
    });
  }
});
