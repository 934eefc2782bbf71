/** How much of a log a client has seen. */
export interface Cursor {
  readonly epoch: string;
  /** The highest version that it has. */
  readonly version: number;
  /**
   * The log's version when the client began to fetch everything, page by page: until its own is as high, tombstones up to
   * here mean nothing to it. 0 or below `version` otherwise.
   */
  readonly base: number;
}

/** `0123456789ab-17`, or `0123456789ab-17-400` amid a full sync. */
export function printCursor({ epoch, version, base }: Cursor): string {
  return base > version ? `${epoch}-${version}-${base}` : `${epoch}-${version}`;
}

/** null when it is none. */
export function parseCursor(text: string): Cursor | null {
  const [, epoch, version, base = '0'] = /^([0-9a-f]{12})-(\d{1,15})(?:-(\d{1,15}))?$/.exec(text) ?? [];
  if (epoch === undefined || version === undefined) return null;
  return { epoch, version: Number(version), base: Number(base) };
}
