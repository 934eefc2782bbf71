import { expected, positiveInteger, wholeNumber } from '../internal/option-checks.ts';
import type { Pattern, PatternChanges, PatternQuery, PatternUpdate } from './pattern.ts';

const longestName = 512;
const nameRule = `1 to ${longestName} characters of well-formed text without NUL`;
const orders = ['usage', 'confidence', 'created', 'updated', 'used'] as const;
const largestLimit = 10_000;

/** Throws TypeError or RangeError that names the first field that is wrong: `patterns[3].confidence`. */
export function checkPatterns(patterns: readonly Pattern[]): void {
  for (let index = 0; index < patterns.length; index++) {
    // The name is put together only for the message: for a good pattern that would be most of the time.
    if (!isPattern(patterns[index]!)) checkPattern(patterns[index]!, `patterns[${index}]`);
  }
}

/** `where` names the pattern in the message. */
export function checkPattern(pattern: Pattern, where: string): void {
  if (isPattern(pattern)) return;
  if (typeof pattern !== 'object' || pattern === null) {
    throw new TypeError(expected(where, 'a pattern', pattern));
  }
  checkName(`${where}.id`, pattern.id);
  for (const [field, check] of Object.entries(checks)) {
    checkField(`${where}.${field}`, Reflect.get(pattern, field), check);
  }
}

export function checkUpdates(updates: readonly PatternUpdate[]): void {
  for (let index = 0; index < updates.length; index++) {
    const { id, changes } = updates[index]!;
    if (isName(id) && areFields(changes)) continue;
    checkName(`updates[${index}].id`, id);
    checkChanges(changes, `updates[${index}].changes`);
  }
}

export function checkChanges(changes: PatternChanges, where: string): void {
  if (typeof changes !== 'object' || changes === null) {
    throw new TypeError(expected(where, 'an object of changes', changes));
  }
  for (const [field, value] of Object.entries(changes)) {
    if (!isField(field)) {
      throw new RangeError(expected(where, `an object of ${Object.keys(checks).join(', ')}`, field));
    }
    checkField(`${where}.${field}`, value, checks[field]);
  }
}

export function checkName(where: string, value: unknown): void {
  checkField(where, value, name);
}

/** The query with its defaults filled in. */
export type CheckedQuery = PatternQuery &
  Required<Pick<PatternQuery, 'orderBy' | 'direction' | 'limit' | 'offset'>>;

export function checkedQuery(query: PatternQuery): CheckedQuery {
  if (query.type !== undefined) checkName('query.type', query.type);
  if (query.domain !== undefined) checkName('query.domain', query.domain);
  for (const field of numbers) {
    if (query[field] !== undefined) checkField(`query.${field}`, query[field], moment);
  }
  if (query.unused !== undefined && typeof query.unused !== 'boolean') {
    throw new TypeError(expected('query.unused', 'true or false', query.unused));
  }
  const { orderBy = 'usage', direction = 'descending', limit = 100, offset = 0 } = query;
  if (!orders.includes(orderBy)) {
    throw new RangeError(expected('query.orderBy', `one of ${orders.join(', ')}`, orderBy));
  }
  if (direction !== 'ascending' && direction !== 'descending') {
    throw new RangeError(expected('query.direction', "'ascending' or 'descending'", direction));
  }
  positiveInteger('query.limit', limit, largestLimit);
  wholeNumber('query.offset', offset);
  return { ...query, orderBy, direction, limit, offset };
}

const numbers = [
  'minConfidence',
  'belowConfidence',
  'createdFromMs',
  'createdBeforeMs',
  'updatedFromMs',
  'updatedBeforeMs',
  'usedFromMs',
] as const;

interface FieldCheck {
  readonly isGood: (value: unknown) => boolean;
  readonly what: string;
}

const name: FieldCheck = { isGood: isName, what: nameRule };
const moment: FieldCheck = { isGood: Number.isFinite, what: 'a finite number' };

const checks = {
  type: name,
  domain: name,
  confidence: { isGood: isShare, what: 'a number between 0 and 1' },
  usageCount: { isGood: isCount, what: 'a whole number of at least 0' },
  createdAtMs: moment,
  updatedAtMs: moment,
  lastUsedAtMs: { isGood: isMomentOrNull, what: 'a finite number, or null' },
  body: { isGood: isBytes, what: 'a Uint8Array' },
} satisfies Record<keyof PatternChanges, FieldCheck>;

/** Everything at once, without a loop over names: this runs for each row that is written. */
function isPattern(pattern: Pattern): boolean {
  return (
    typeof pattern === 'object' &&
    pattern !== null &&
    isName(pattern.id) &&
    isName(pattern.type) &&
    isName(pattern.domain) &&
    isShare(pattern.confidence) &&
    isCount(pattern.usageCount) &&
    Number.isFinite(pattern.createdAtMs) &&
    Number.isFinite(pattern.updatedAtMs) &&
    isMomentOrNull(pattern.lastUsedAtMs) &&
    isBytes(pattern.body)
  );
}

function areFields(changes: PatternChanges): boolean {
  if (typeof changes !== 'object' || changes === null) return false;
  for (const field in changes) {
    if (!isField(field) || !checks[field].isGood(changes[field])) return false;
  }
  return true;
}

function isField(field: string): field is keyof typeof checks {
  return Object.hasOwn(checks, field);
}

/** A lone surrogate has no UTF-8: two such names could become one. */
function isName(value: unknown): boolean {
  if (typeof value !== 'string' || value.length === 0 || value.length > longestName) return false;
  return !value.includes('\0') && value.isWellFormed();
}

function isShare(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && value <= 1;
}

function isCount(value: unknown): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isMomentOrNull(value: unknown): boolean {
  return value === null || Number.isFinite(value);
}

function isBytes(value: unknown): boolean {
  return value instanceof Uint8Array;
}

function checkField(where: string, value: unknown, { isGood, what }: FieldCheck): void {
  if (isGood(value)) return;
  const valued = typeof value === 'number' || typeof value === 'string';
  throw new (valued ? RangeError : TypeError)(expected(where, what, value));
}
