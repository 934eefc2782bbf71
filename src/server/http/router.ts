import { HttpError } from './http-error.ts';
import type { Route } from './route.ts';

export interface RouteMatch {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

interface Compiled {
  readonly route: Route;
  readonly segments: readonly string[];
}

const mostSegments = 8;

/**
 * Finds the route of a method and path (without its query). Throws HttpError: 404 for an unknown path, 405 for a
 * known one with another method, 400 for one that cannot be decoded. A HEAD is a GET.
 */
export function createRouter(routes: readonly Route[]): (method: string, path: string) => RouteMatch {
  const compiled = routes.map((route): Compiled => ({ route, segments: route.path.slice(1).split('/') }));
  return (method, path) => {
    const segments = path.slice(1).split('/', mostSegments);
    const wanted = method === 'HEAD' ? 'GET' : method;
    const others: string[] = [];
    for (const { route, segments: pattern } of compiled) {
      const params = match(pattern, segments);
      if (params === null) continue;
      if (route.method === wanted) return { route, params };
      others.push(route.method);
    }
    if (others.length > 0) {
      throw new HttpError(405, 'the method is not supported here', {
        expected: others.join(', '),
        got: method,
      });
    }
    throw new HttpError(404, 'there is nothing at this path', {
      expected: routes.map(({ method: known, path: at }) => `${known} ${at}`).join(', '),
      got: path.slice(0, 100),
    });
  };
}

function match(pattern: readonly string[], segments: readonly string[]): Record<string, string> | null {
  if (pattern.length !== segments.length) return null;
  const params: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const segment = segments[index] ?? '';
    if (part.startsWith(':')) params[part.slice(1)] = decoded(segment);
    else if (part !== segment) return null;
  }
  return params;
}

function decoded(segment: string): string {
  if (!segment.includes('%')) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new HttpError(400, 'the path is not valid', {
      expected: 'percent-encoded UTF-8',
      got: segment.slice(0, 80),
    });
  }
}
