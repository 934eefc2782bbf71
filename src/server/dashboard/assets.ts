import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire, stripTypeScriptTypes } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { pageCss } from './page-css.ts';
import { pageHtml } from './page-html.ts';
import { pageIcon } from './page-icon.ts';

/** A file of the page, ready to be sent. */
export interface Asset {
  readonly bytes: Buffer;
  readonly contentType: string;
  readonly etag: string;
}

export interface Assets {
  readonly html: Asset;
  /** By the last part of the path. */
  readonly files: ReadonlyMap<string, Asset>;
}

/** Modules that the browser runs; they import each other and nothing else. */
const clientModules = ['alert-list', 'browser', 'charts', 'feed-connection', 'format', 'page', 'tiles'];

/** Reads them all, once: what is not here cannot be asked for. Throws when a file is missing. */
export function readAssets(): Assets {
  // Compiled, the modules are JavaScript; run from the source they are TypeScript, as this file is.
  const extension = extname(import.meta.filename);
  const uplot = join(dirname(createRequire(import.meta.url).resolve('uplot/package.json')), 'dist');
  const files = new Map<string, Asset>([
    ['page.css', asset('text/css', pageCss)],
    ['icon.svg', asset('image/svg+xml', pageIcon)],
    ['uplot.css', asset('text/css', readFileSync(join(uplot, 'uPlot.min.css')))],
    ['uplot.js', asset('text/javascript', readFileSync(join(uplot, 'uPlot.iife.min.js')))],
  ]);
  for (const name of clientModules) {
    files.set(`${name}${extension}`, asset('text/javascript', readModule(`${name}${extension}`)));
  }
  return { html: asset('text/html', pageHtml(`page${extension}`)), files };
}

function readModule(file: string): string {
  const text = readFileSync(join(import.meta.dirname, 'client', file), 'utf8');
  return file.endsWith('.ts') ? stripTypeScriptTypes(text) : text;
}

function asset(type: string, content: string | Buffer): Asset {
  const bytes = Buffer.from(content);
  const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`;
  return { bytes, contentType: `${type}; charset=utf-8`, etag };
}
