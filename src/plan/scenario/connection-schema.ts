import { z } from 'zod';
import { count } from './common-fields.ts';

const pemFile = z.string().min(1).max(1000);

/** How the target is spoken to. */
export const connectionFields = {
  tls: z
    .strictObject({
      ca: pemFile
        .optional()
        .describe(
          'PEM file of the authorities that may have signed the certificate of the server; left out: those that come with Node',
        ),
      cert: pemFile.optional().describe('PEM file of the certificate that this client shows'),
      key: pemFile.optional().describe('PEM file of its key, without passphrase'),
      insecure: z.boolean().optional().describe('accept any certificate (false); the result says so'),
      servername: z
        .string()
        .min(1)
        .max(255)
        .optional()
        .describe('name that the certificate must be for and that is sent to the server; left out: the host'),
      resume: z
        .boolean()
        .optional()
        .describe(
          'new connections resume the TLS session of an earlier one, as returning clients do (false: each has a full handshake)',
        ),
    })
    .optional()
    .describe('for an https:// origin; files are relative to the scenario'),
  protocol: z
    .enum(['http1', 'http2'])
    .optional()
    .describe('http2: over TLS agreed by ALPN, without TLS by prior knowledge (http1)'),
  streams: count(1000)
    .optional()
    .describe('HTTP/2: users (or requests in flight) that share a connection (1)'),
  pipelining: count(1000)
    .optional()
    .describe('HTTP/1.1: users (or requests in flight) that share a connection; replies come in order (1)'),
  newConnections: z
    .boolean()
    .optional()
    .describe('a new connection for each request, part of its response time (false: kept alive)'),
};
