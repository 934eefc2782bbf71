import { fieldOf, textOf } from '../fields.ts';
import type { Field } from '../fields.ts';

/** Whether an entry fetched an image, font, style, script or film: by what the browser calls it, its media type, or its name. */
export function isStaticAsset(entry: Field, url: string): boolean {
  const kind = textOf(fieldOf(entry, '_resourceType'));
  if (kind !== null && kind !== '' && kind !== 'other') return assetKinds.has(kind);
  const content = fieldOf(fieldOf(entry, 'response'), 'content');
  const type = textOf(fieldOf(content, 'mimeType'))?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (/^(?:image|font|audio|video)\/|^text\/css$|javascript$|^application\/font/.test(type)) return true;
  return assetName.test(url.split(/[?#]/)[0] ?? '');
}

const assetKinds: ReadonlySet<string> = new Set([
  'font',
  'image',
  'manifest',
  'media',
  'script',
  'stylesheet',
  'texttrack',
]);

const assetName = /\.(?:avif|bmp|css|eot|gif|ico|jpe?g|js|map|mjs|mp[34]|otf|png|svg|ttf|webm|webp|woff2?)$/i;
