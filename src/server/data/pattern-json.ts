import type { Pattern } from '../../components/store/index.ts';

/** A pattern as clients see it: times in milliseconds since 1970, `body` any JSON. */
export function patternJson({ body, ...fields }: Pattern): string {
  // The body is JSON already: every way in checks that.
  return `${JSON.stringify(fields).slice(0, -1)},"body":${Buffer.from(body).toString()}}`;
}
