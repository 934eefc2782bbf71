/** The fields of one record of a CSV file (RFC 4180), without its line break. */
export function splitCsvRecord(record: string): string[] {
  if (!record.includes('"')) return record.split(',');
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    if (record[at] === '"') {
      let end = record.indexOf('"', at + 1);
      while (end !== -1 && record[end + 1] === '"') end = record.indexOf('"', end + 2);
      if (end === -1) end = record.length;
      fields.push(record.slice(at + 1, end).replaceAll('""', '"'));
      at = end + 1;
    } else {
      const comma = record.indexOf(',', at);
      const end = comma === -1 ? record.length : comma;
      fields.push(record.slice(at, end));
      at = end;
    }
    if (at >= record.length) return fields;
    at++;
  }
}

/** What `scanCsv` found; made once and used again. */
export interface CsvRecord {
  /** Behind the record's text, and behind its line break. */
  textEnd: number;
  end: number;
  fields: number;
  /** Line breaks in it, its own included. */
  lines: number;
  /** What is wrong; '' when nothing is. */
  fault: string;
}

/**
 * Find the end of the record that begins at `start` (RFC 4180; a line may also end with LF alone). Returns false when
 * it is not complete in bytes[start..limit); at the end of the file (`last`) a line break may be missing.
 */
export function scanCsv(
  bytes: Uint8Array,
  start: number,
  limit: number,
  last: boolean,
  into: CsvRecord,
): boolean {
  // hot path: a file of a gigabyte goes through here before the run
  into.fields = 1;
  into.lines = 0;
  into.fault = '';
  let at = start;
  let fieldStart = start;
  while (at < limit) {
    const byte = bytes[at] ?? 0;
    if (byte === comma) {
      into.fields++;
      fieldStart = at + 1;
    } else if (byte === lf) {
      return ended(into, at, at + 1);
    } else if (byte === cr) {
      if (at + 1 >= limit) {
        if (!last) return false;
        into.fault = 'a CR without LF';
        return ended(into, at, at + 1);
      }
      if (bytes[at + 1] !== lf) into.fault = 'a CR without LF';
      return ended(into, at, at + 2);
    } else if (byte === quote) {
      if (at !== fieldStart) {
        into.fault =
          'a quote inside a field that does not begin with one: quote the field and double the quote';
        return ended(into, at, at + 1);
      }
      const close = closingQuote(bytes, at + 1, limit, into);
      if (close === -1) {
        if (!last) return false;
        into.fault = 'a quoted field has no end';
        return ended(into, limit, limit);
      }
      const next = bytes[close + 1];
      if (close + 1 >= limit) {
        if (!last) return false;
      } else if (next !== comma && next !== lf && next !== cr) {
        into.fault = 'a quoted field is followed by more than a comma';
        return ended(into, close, close + 1);
      }
      at = close;
    }
    at++;
  }
  if (!last) return false;
  into.textEnd = limit;
  into.end = limit;
  return true;
}

function ended(into: CsvRecord, textEnd: number, end: number): true {
  into.textEnd = textEnd;
  into.end = end;
  into.lines++;
  return true;
}

/** -1 when it is not in bytes[start..limit). */
function closingQuote(bytes: Uint8Array, start: number, limit: number, into: CsvRecord): number {
  for (let at = start; at < limit; at++) {
    const byte = bytes[at];
    if (byte === lf) into.lines++;
    if (byte !== quote) continue;
    if (at + 1 < limit && bytes[at + 1] === quote) at++;
    else return at;
  }
  return -1;
}

const comma = 0x2c;
const lf = 0x0a;
const cr = 0x0d;
const quote = 0x22;
