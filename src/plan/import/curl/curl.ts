import { PerfkitError } from '../../../model/errors.ts';
import { printable } from '../../problems/printable.ts';
import { curlBody } from './curl-body.ts';
import { parseCurlCommand } from './curl-command.ts';
import { shellCommands } from './shell-words.ts';
import type { ImportInput, Imported, ImportedRequest } from '../importer.ts';
import type { SecretBox } from '../secret-box.ts';
import type { CurlCommand, CurlSetting } from './curl-command.ts';

/**
 * curl command lines, as written by hand or copied from a browser ("Copy as cURL"): each URL a request. Shell variables
 * become secrets; files are not read. Other commands in the text are ignored.
 */
export function importCurl({ text, file, secrets }: ImportInput): Imported {
  const notes = new Set<string>();
  const requests: ImportedRequest[] = [];
  for (const words of shellCommands(text, file, (name) => secrets.refer(name))) {
    const start = words.findIndex((word) => !/^(?:\w+=.*|[$%]|sudo|time)$/s.test(word.text));
    if (!/^(?:.*\/)?curl(?:\.exe)?$/.test(words[start]?.text ?? '')) continue;
    for (const command of parseCurlCommand(words.slice(start), file)) {
      for (const note of command.notes) notes.add(note);
      requests.push(...requestsOf(command, file, secrets, notes));
    }
  }
  if (requests.length === 0)
    throw new PerfkitError(
      'scenario',
      `${file}: expected a curl command such as: curl -H 'accept: text/html' http://127.0.0.1:8080/`,
    );
  return { flows: [{ name: 'requests', requests }], notes: [...notes], title: null };
}

function requestsOf(
  command: CurlCommand,
  file: string,
  secrets: SecretBox,
  notes: Set<string>,
): ImportedRequest[] {
  const { settings } = command;
  const valuesOf = (action: CurlSetting['action']): string[] =>
    settings.filter((setting) => setting.action === action).map(({ value }) => value);
  const has = (action: CurlSetting['action']): boolean =>
    settings.some((setting) => setting.action === action);
  const urls = settings.filter(({ action }) => action === 'url');
  if (urls.length === 0)
    throw new PerfkitError('scenario', `${file}:${command.line}: expected a URL in this curl command`);
  const body = curlBody(settings, (what) => notes.add(`${file}:${command.line}: ${what}.`));
  const query = [...(has('get') && body.text !== null ? [body.text] : []), ...valuesOf('url-query')];
  const sent = has('get') || has('head') ? null : body.text;
  const implied = has('upload')
    ? 'PUT'
    : has('head')
      ? 'HEAD'
      : sent === null && !body.isUnread
        ? 'GET'
        : 'POST';
  const headers = headersOf(settings, sent === null ? [] : body.headers, secrets, notes);
  return urls.map(({ value, line }) => ({
    method: valuesOf('request').at(-1) ?? (has('get') ? 'GET' : implied),
    url: urlOf(value, query, `${file}:${line}`, secrets),
    headers,
    body: sent,
    status: [],
    name: null,
    comment: null,
  }));
}

function urlOf(text: string, query: readonly string[], place: string, secrets: SecretBox): string {
  const full = /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  if (!URL.canParse(full))
    throw new PerfkitError(
      'scenario',
      `${place}: expected a URL, got ${printable(
        secrets.reveal(text, () => '$..'),
        100,
      )}`,
    );
  const url = new URL(full);
  if (secrets.reveal(url.host, () => '') !== url.host)
    throw new PerfkitError(
      'scenario',
      `${place}: expected a host name in the URL, got a shell variable: write the host`,
    );
  if (query.length > 0) url.search = [url.search.slice(1), ...query].filter((part) => part !== '').join('&');
  return url.href;
}

/** In the order of the command; a header of the user's takes the place of what an option would add. */
function headersOf(
  settings: readonly CurlSetting[],
  added: readonly (readonly [string, string])[],
  secrets: SecretBox,
  notes: Set<string>,
): [string, string][] {
  const own: [string, string][] = [];
  const removed = new Set<string>();
  const extra: [string, string][] = added.map(([name, value]) => [name, value]);
  for (const { action, value } of settings) {
    if (action === 'header') addHeader(value, own, removed, notes);
    else if (action === 'user-agent') extra.push(['user-agent', value]);
    else if (action === 'referer') extra.push(['referer', value]);
    else if (action === 'bearer') extra.push(['authorization', `Bearer ${value}`]);
    else if (action === 'user') extra.push(['authorization', basic(value, secrets)]);
    else if (action === 'compressed') extra.push(['accept-encoding', 'deflate, gzip, br, zstd']);
    else if (action === 'cookie') {
      if (value.includes('=')) extra.push(['cookie', value]);
      else notes.add('Cookies of a file (-b FILE) are not read: write a cookie header.');
    }
  }
  const taken = new Set([...removed, ...own.map(([name]) => name.toLowerCase())]);
  return [...own, ...extra.filter(([name]) => !taken.has(name))];
}

function addHeader(text: string, own: [string, string][], removed: Set<string>, notes: Set<string>): void {
  if (text.startsWith('@')) {
    notes.add('Headers of a file (-H @FILE) are not read: write them out.');
    return;
  }
  const [, name = '', value = ''] = /^([^:;]+)[:;](.*)$/s.exec(text) ?? [];
  if (name === '') return;
  if (value.trim() === '' && text.includes(':')) removed.add(name.trim().toLowerCase());
  else own.push([name.trim(), value.trim()]);
}

/** With a variable in it the whole is one secret: the base64 of what is not known cannot be written. */
function basic(userAndPassword: string, secrets: SecretBox): string {
  const known =
    secrets.reveal(userAndPassword, () => '') === userAndPassword && userAndPassword.includes(':');
  if (!known) return `Basic ${secrets.refer('basic_credentials')}`;
  return `Basic ${Buffer.from(userAndPassword).toString('base64')}`;
}
