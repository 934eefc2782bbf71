import { headerField } from './header-field.ts';
import type { HeaderField } from './header-field.ts';

/** The static table (RFC 7541 appendix A), from index 1: names, with a value after a space where there is one. */
const staticText =
  ':authority|:method GET|:method POST|:path /|:path /index.html|:scheme http|:scheme https|:status 200|:status 204|' +
  ':status 206|:status 304|:status 400|:status 404|:status 500|accept-charset|accept-encoding gzip, deflate|' +
  'accept-language|accept-ranges|accept|access-control-allow-origin|age|allow|authorization|cache-control|' +
  'content-disposition|content-encoding|content-language|content-length|content-location|content-range|content-type|' +
  'cookie|date|etag|expect|expires|from|host|if-match|if-modified-since|if-none-match|if-range|if-unmodified-since|' +
  'last-modified|link|location|max-forwards|proxy-authenticate|proxy-authorization|range|referer|refresh|retry-after|' +
  'server|set-cookie|strict-transport-security|transfer-encoding|user-agent|vary|via|www-authenticate';

export const staticFields: readonly HeaderField[] = staticText.split('|').map((text) => {
  const space = text.indexOf(' ');
  return space < 0 ? headerField(text, '') : headerField(text.slice(0, space), text.slice(space + 1));
});

/** Where the static table has the field, and where it has at least the name; 0 for nowhere. */
export function staticIndex(name: string, value: string): { field: number; name: number } {
  const named = staticFields.findIndex((field) => field.name === name) + 1;
  const exact = staticFields.findIndex((field) => field.name === name && field.value === value) + 1;
  return { field: exact, name: named };
}

/** Entries of at least 32 bytes within 4096 bytes. */
const slots = 128;

/**
 * The table of fields that the server has told us to remember (RFC 7541 section 2.3.2), of the default size: the
 * newest has index 1. A ring, so that adding one moves nothing.
 */
export class DynamicTable {
  readonly #ring: (HeaderField | null)[] = Array.from({ length: slots }, () => null);
  #newest = 0;
  #length = 0;
  #bytes = 0;
  #maxBytes = defaultTableBytes;

  /** 1 is the newest; null when there is none. */
  at(index: number): HeaderField | null {
    // hot path
    if (index < 1 || index > this.#length) return null;
    return this.#ring[(this.#newest - index + 1 + slots) % slots] ?? null;
  }

  /** One that is larger than the table empties it. */
  add(field: HeaderField): void {
    // hot path
    this.#shrink(this.#maxBytes - field.tableBytes);
    if (field.tableBytes > this.#maxBytes) return;
    this.#newest = (this.#newest + 1) % slots;
    this.#ring[this.#newest] = field;
    this.#length++;
    this.#bytes += field.tableBytes;
  }

  /** At most the default size, which the caller checks. */
  resize(maxBytes: number): void {
    this.#maxBytes = maxBytes;
    this.#shrink(maxBytes);
  }

  #shrink(toBytes: number): void {
    while (this.#length > 0 && this.#bytes > toBytes) {
      const oldest = (this.#newest - this.#length + 1 + slots) % slots;
      this.#bytes -= this.#ring[oldest]?.tableBytes ?? 0;
      this.#ring[oldest] = null;
      this.#length--;
    }
  }
}

/** SETTINGS_HEADER_TABLE_SIZE when nothing else was agreed (RFC 9113 section 6.5.2). */
export const defaultTableBytes = 4096;
