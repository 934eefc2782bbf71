import { z } from 'zod';
import { didYouMean } from './did-you-mean.ts';
import { describeValue } from './printable.ts';
import { expectations } from '../scenario/quantities.ts';

/** What is wrong with a value, from the schema's own words: what was expected, what came, what to write. */
export function issueMessage(issue: z.core.$ZodRawIssue): string {
  const expects = expectsOf(issue);
  const got = describeValue(issue.input);
  if (issue.input === undefined && issue.code !== 'unrecognized_keys')
    return `is missing: expected ${expects}`;
  if (issue.code === 'invalid_type' && typeof issue.input === 'number' && expects.includes('unit')) {
    return `a unit is missing: write ${issue.input}${expects.includes('size') ? 'B' : 's'}`;
  }
  if (issue.code === 'invalid_type' && typeof issue.input === 'number' && expects.includes('a rate'))
    return `a unit is missing: write ${issue.input}/s`;
  if (issue.code === 'invalid_value' && typeof issue.input === 'string')
    return `unknown value ${got}${didYouMean(issue.input, issue.values.map(String))}`;
  if (issue.code === 'custom' && typeof issue.message === 'string') return issue.message;
  return `expected ${expects}, got ${got}`;
}

function expectsOf(issue: z.core.$ZodRawIssue): string {
  const own = ownWords(issue.schema) ?? ownWords(issue.inst);
  if (own !== undefined) return own;
  if (issue.code === 'invalid_value') return issue.values.map((value) => String(value)).join(' or ');
  if (issue.code === 'too_small' || issue.code === 'too_big') return bound(issue);
  const words: Readonly<Record<string, string>> = {
    string: 'text',
    object: 'a map',
    record: 'a map',
    array: 'a list',
    int: 'a whole number',
    number: 'a number',
    boolean: 'true or false',
  };
  return issue.code === 'invalid_type' ? (words[issue.expected] ?? issue.expected) : 'another value';
}

function bound(issue: {
  code?: string;
  origin?: string;
  minimum?: unknown;
  maximum?: unknown;
  inclusive?: boolean;
}): string {
  const limit = String(issue.code === 'too_small' ? issue.minimum : issue.maximum);
  const word =
    issue.code === 'too_small' ? (issue.inclusive === false ? 'more than' : 'at least') : 'at most';
  const what = { array: ' entries', string: ' characters' }[issue.origin ?? ''] ?? '';
  return `${word} ${limit}${what}`;
}

function ownWords(schema: unknown): string | undefined {
  return schema instanceof z.core.$ZodType ? expectations.get(schema)?.expects : undefined;
}
