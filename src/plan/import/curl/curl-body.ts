import type { CurlSetting } from './curl-command.ts';

export interface CurlBody {
  /** Null: none, or one that is not known. */
  readonly text: string | null;
  /** A part of it comes from a file. */
  readonly isUnread: boolean;
  /** What curl adds because of it. */
  readonly headers: readonly (readonly [string, string])[];
}

/** The body that -d, --json, -F and their like make. Files are not read: `warn` is told. */
export function curlBody(settings: readonly CurlSetting[], warn: (what: string) => void): CurlBody {
  const unread = (): CurlBody => {
    warn('the body comes from a file, which is not read: write it into the step');
    return { text: null, isUnread: true, headers: [] };
  };
  const forms = settings.filter(({ action }) => action === 'form' || action === 'form-string');
  if (forms.length > 0) return multipart(forms, warn);
  const parts: string[] = [];
  let isJson = false;
  for (const { action, value } of settings) {
    if (action === 'upload') return unread();
    const mayBeFile = action === 'data' || action === 'json';
    if (mayBeFile && value.startsWith('@')) return unread();
    if (action === 'json') isJson = true;
    if (mayBeFile || action === 'data-raw') parts.push(value);
    if (action === 'data-urlencode') {
      const encoded = urlEncoded(value);
      if (encoded === null) return unread();
      parts.push(encoded);
    }
  }
  if (parts.length === 0) return { text: null, isUnread: false, headers: [] };
  const json = [
    ['content-type', 'application/json'],
    ['accept', 'application/json'],
  ] as const;
  return {
    text: parts.join(isJson ? '' : '&'),
    isUnread: false,
    headers: isJson ? json : [['content-type', 'application/x-www-form-urlencoded']],
  };
}

/** `content`, `=content`, `name=content`; null for `@file` and `name@file`. */
function urlEncoded(value: string): string | null {
  const [, name = '', sign = '', content = ''] = /^([^=@]*)([=@])(.*)$/s.exec(value) ?? ['', '', '=', value];
  if (sign === '@') return null;
  const encoded = encodeURIComponent(content.toWellFormed());
  return name === '' ? encoded : `${name}=${encoded}`;
}

/** RFC 7578; parts that are files are left out. */
function multipart(forms: readonly CurlSetting[], warn: (what: string) => void): CurlBody {
  const parts: string[] = [];
  for (const { action, value } of forms) {
    const [, name = '', content = ''] = /^([^=]*)=(.*)$/s.exec(value) ?? [];
    if (action === 'form' && /^[@<]/.test(content)) {
      warn(
        `the file of the form field ${JSON.stringify(name.slice(0, 60))} is not read: its part is left out`,
      );
      continue;
    }
    const [text = '', type] = action === 'form' ? content.split(';type=') : [content];
    const typeLine = type === undefined ? '' : `\r\nContent-Type: ${type}`;
    const quoted = name.replace(/["\r\n]/g, (char) => encodeURIComponent(char));
    parts.push(`Content-Disposition: form-data; name="${quoted}"${typeLine}\r\n\r\n${text}\r\n`);
  }
  let boundary = 'perfkit-form';
  while (parts.some((part) => part.includes(boundary))) boundary += 'x';
  const text = `${parts.map((part) => `--${boundary}\r\n${part}`).join('')}--${boundary}--\r\n`;
  return { text, isUnread: false, headers: [['content-type', `multipart/form-data; boundary=${boundary}`]] };
}
