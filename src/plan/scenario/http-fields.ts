import { expectations, text } from './quantities.ts';
import { describeValue } from '../problems/printable.ts';
import { z } from 'zod';

export const headerValue = text('the text of a header', '^[^\\r\\n]*$', (value) =>
  // oxlint-disable-next-line no-control-regex -- RFC 9110, section 5.5: these never stand in a field value
  /[\u0000-\u0008\u000a-\u001f\u007f]/.test(value)
    ? `expected a header value without control characters, got ${describeValue(value)}`
    : null,
);

/** RFC 9110, section 5.6.2: a field name is a token. */
export const headerName = text('a header name', "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$", (value) =>
  /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/.test(value)
    ? null
    : `expected a header name, got ${describeValue(value)}`,
);

/** A captured link brings its own slash. */
export const requestPath = text('a path that starts with /', '^(/|\\$\\{)', (value) =>
  /^(?:\/|\$\{captured:)[\u0021-\u007e]*$/.test(value) && !value.includes('#')
    ? null
    : `expected a path that starts with "/", has no spaces or "#" and is percent-encoded, got ${describeValue(value)}`,
);

export const status = z
  .int()
  .min(100)
  .max(599)
  .register(expectations, { expects: 'a status code from 100 to 599' });

/** A file of the project, relative to the scenario. */
export const filePath = z
  .string()
  .min(1)
  .max(1000)
  .register(expectations, { expects: 'a path relative to the scenario, such as "./users.csv"' });

/** RFC 9110, section 8.3.1, parameters included. */
export const mediaType = text('a media type, such as "image/png"', '^[^/\\s]+/[^/\\s]+', (value) =>
  /^[\w!#$&^.+-]{1,100}\/[\w!#$&^.+-]{1,100}(?: ?; ?[\w!#$&^.+-]+=[\w!#$&^.+-]+)*$/.test(value)
    ? null
    : `expected a media type such as "image/png", got ${describeValue(value)}`,
);
