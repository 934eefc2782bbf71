import { get } from 'node:http';
import type { Backend } from './backend.ts';

const largestBytes = 4_194_304;
const timeoutMs = 5_000;

/** The page `/metrics` of a backend; null when it does not come. */
export function readMetrics({ port }: Backend): Promise<string | null> {
  return new Promise((resolve) => {
    const request = get({ host: '127.0.0.1', port, path: '/metrics', agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
        if (text.length > largestBytes) request.destroy();
      });
      response.once('end', () => resolve(response.statusCode === 200 ? text : null));
      response.once('close', () => resolve(null));
      response.on('error', () => resolve(null));
    });
    request.on('error', () => resolve(null));
    request.setTimeout(timeoutMs, () => request.destroy());
  });
}
