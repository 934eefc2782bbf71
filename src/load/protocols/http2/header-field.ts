/** What a header field means to the framing of a reply. */
export const role = { other: 0, status: 1, contentLength: 2, malformed: 3 } as const;
type Role = (typeof role)[keyof typeof role];

/** A header field of a reply: made once when it enters a table, and looked at without any string work afterwards. */
export interface HeaderField {
  readonly name: string;
  readonly value: string;
  /** Size as tables count it (RFC 7541 section 4.1). */
  readonly tableBytes: number;
  readonly role: Role;
  /** The status or the length; 0 for other fields. */
  readonly number: number;
}

/** Bytes that an entry costs beside its text (RFC 7541 section 4.1). */
const overheadBytes = 32;

export function headerField(name: string, value: string): HeaderField {
  const kind = roleOf(name, value);
  const number = kind === role.status || kind === role.contentLength ? Number(value) : 0;
  return { name, value, tableBytes: name.length + value.length + overheadBytes, role: kind, number };
}

/** Fields that belong to one connection have no place in HTTP/2 (RFC 9113 section 8.2.2). */
export const connectionFields: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
]);

function roleOf(name: string, value: string): Role {
  if (name === ':status') return /^[1-5]\d\d$/.test(value) ? role.status : role.malformed;
  if (name === 'content-length') return /^\d{1,15}$/.test(value) ? role.contentLength : role.malformed;
  // lower-case tokens only, pseudo-fields but :status do not exist in replies (RFC 9113 sections 8.2.1 and 8.3.2)
  if (!/^[!#$%&'*+\-.^_`|~\da-z]+$/.test(name) || connectionFields.has(name)) return role.malformed;
  return /[\0\r\n]|^[ \t]|[ \t]$/.test(value) ? role.malformed : role.other;
}
