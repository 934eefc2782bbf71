import { describeValue } from '../problems/printable.ts';
import type { Fault, Path } from '../problems/problem.ts';

/**
 * What keeps a scenario from being plain JSON: functions, class instances, cycles, NaN, keys that reach an object's
 * prototype, deep nesting, too many values. Where `walkable` is false nothing else may be done with it.
 */
export function checkPlainData(value: unknown): { faults: Fault[]; walkable: boolean } {
  const faults: Fault[] = [];
  let scalars = 0;
  const open = new Set<object>();
  let count = 0;
  const walk = (item: unknown, path: Path): void => {
    if (faults.length >= maxFaults) return;
    if (++count > maxValues) {
      faults.push({ path: [], message: `a scenario has at most ${maxValues} values, this one has more` });
    } else if (item === null || typeof item !== 'object') {
      const message = scalarFault(item);
      if (message === null) return;
      faults.push({ path, message });
      scalars++;
    } else if (open.has(item)) {
      faults.push({ path, message: 'expected plain data, got an object that contains itself' });
    } else if (path.length > maxDepth) {
      faults.push({ path, message: `nested more than ${maxDepth} levels deep` });
    } else {
      open.add(item);
      if (Array.isArray(item)) item.forEach((entry, index) => walk(entry, [...path, index]));
      else walkObject(item, path);
      open.delete(item);
    }
  };
  const walkObject = (item: object, path: Path): void => {
    const prototype: unknown = Object.getPrototypeOf(item);
    if (prototype !== Object.prototype && prototype !== null) {
      faults.push({ path, message: `expected plain data, got an instance of ${className(item)}` });
      return;
    }
    for (const [key, entry] of Object.entries(item)) {
      if (forbiddenKeys.has(key)) faults.push({ path, key, message: `unknown key \`${key}\`: remove it` });
      else walk(entry, [...path, key]);
    }
  };
  walk(value, []);
  return { faults, walkable: faults.length === scalars };
}

const maxValues = 100_000;
const maxDepth = 64;
const maxFaults = 50;
/** Names that reach a prototype wherever data is copied by key. */
const forbiddenKeys: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

function scalarFault(value: unknown): string | null {
  if (typeof value === 'number' && !Number.isFinite(value)) return `expected a number, got ${String(value)}`;
  if (typeof value === 'function') {
    return 'expected plain data, got a function: write the module instead, such as "./subject.ts#create"';
  }
  if (typeof value === 'symbol' || typeof value === 'bigint')
    return `expected plain data, got ${describeValue(value)}`;
  return null;
}

function className(item: object): string {
  const maker: unknown = item.constructor;
  return typeof maker === 'function' && maker.name !== '' ? maker.name : 'a class';
}
