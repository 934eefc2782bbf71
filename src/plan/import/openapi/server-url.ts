import { fieldOf, textOf } from '../fields.ts';
import type { Field } from '../fields.ts';

const fallback = 'http://127.0.0.1:8080';

/** The first server, its variables filled in, without a slash at the end. A relative one is below `http://127.0.0.1:8080`. */
export function serverUrl(root: Field, notes: Set<string>): string {
  const server = fieldOf(fieldOf(root, 'servers'), 0);
  const template = textOf(fieldOf(server, 'url')) ?? '/';
  const filled = template.replace(/\{([^{}]{1,100})\}/g, (_, name: string) => {
    const value = fieldOf(fieldOf(fieldOf(server, 'variables'), name), 'default').value;
    return typeof value === 'string' || typeof value === 'number' ? String(value) : name;
  });
  if (URL.canParse(filled) && /^https?:/i.test(filled)) {
    const { origin, pathname } = new URL(filled);
    return `${origin}${pathname.replace(/\/+$/, '')}`;
  }
  if (!filled.startsWith('/') || filled.startsWith('//')) {
    notes.add(`The description names no server over http or https: ${fallback} takes its place.`);
    return fallback;
  }
  notes.add(`The description does not say where its server is: ${fallback} takes its place.`);
  return `${fallback}${new URL(filled, fallback).pathname.replace(/\/+$/, '')}`;
}
