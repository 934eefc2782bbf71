import type { LogEvent, LogValue } from './log-event.ts';

const longestMessage = 8_192;
const longestText = 1_024;
const mostFields = 24;

/**
 * One line of JSON, without its end: `ts` (ISO 8601), `level`, `event`, `message` and the fields, which cannot take the
 * place of those four. At most some 40 KiB, and without characters that a terminal or a log reader acts upon.
 */
export function printLogEventAsJson({ level, event, message, fields = {} }: LogEvent, atMs: number): string {
  const line: [string, LogValue][] = Object.entries(fields)
    .slice(0, mostFields)
    .map(([name, value]) => [name.slice(0, 64), typeof value === 'string' ? cut(value, longestText) : value]);
  const ts = new Date(atMs).toISOString();
  const named = { ts, level, event, message: cut(message, longestMessage) };
  const json = JSON.stringify({ ...named, ...Object.fromEntries(line), ...named });
  // JSON.stringify escapes C0 and lone surrogates, and leaves these as they are.
  return json.replaceAll(/[\u007f-\u009f]|\p{Zl}|\p{Zp}|\p{Cf}/gu, escaped);
}

/** The message for people. A line that follows another one is indented, so nobody else can begin one. */
export function printLogEventAsText({ level, message }: LogEvent): string {
  const text = cut(message, longestMessage)
    .toWellFormed()
    .replaceAll(/\r\n?|\n/g, '\n  ')
    .replaceAll(/(?!\n)\p{Cc}|\p{Zl}|\p{Zp}|\p{Cf}/gu, escaped);
  return level === 'info' ? text : `${level === 'warn' ? 'warning' : 'error'}: ${text}`;
}

function cut(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest)}... (${text.length} characters)`;
}

/** `\u001b`, in UTF-16 units as JSON has it. */
function escaped(char: string): string {
  return Array.from({ length: char.length }, (_, at) => {
    return `\\u${char.charCodeAt(at).toString(16).padStart(4, '0')}`;
  }).join('');
}
