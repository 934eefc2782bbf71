/**
 * An element of XML 1.0 on lines of its own. Attribute values and text are escaped, and characters that no XML document
 * may hold, not even escaped, are left out; `children` are elements already.
 */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  children: readonly string[] = [],
): string {
  const head = [
    name,
    ...Object.entries(attributes).map(([key, value]) => `${key}="${escape(String(value))}"`),
  ];
  return children.length === 0
    ? `<${head.join(' ')}/>\n`
    : `<${head.join(' ')}>\n${children.join('')}</${name}>\n`;
}

/** An element that holds text, which keeps its line breaks. */
export function textElement(
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  text: string,
): string {
  const head = [
    name,
    ...Object.entries(attributes).map(([key, value]) => `${key}="${escape(String(value))}"`),
  ];
  return `<${head.join(' ')}>${escape(text)}</${name}>\n`;
}

/** What the production Char of XML 1.0 (fifth edition) leaves out, and the characters that it discourages. */
const forbidden = /[^\t\n\u0020-\u007e\u00a0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd\u{10000}-\u{10ffff}]/gu;

function escape(text: string): string {
  return text
    .replace(forbidden, '')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;');
}
