import type { Services } from '../../services.ts';
import { jsonReply } from '../route.ts';
import type { Route } from '../route.ts';
import { chatRoutes } from './chat-routes.ts';
import { jobRoutes } from './job-routes.ts';
import { patternRoutes } from './pattern-routes.ts';
import { statusRoutes } from './status-routes.ts';
import { syncRoutes } from './sync-routes.ts';

/** Every route of the server. */
export function appRoutes(services: Services): Route[] {
  const routes = [chatRoutes, patternRoutes, syncRoutes, jobRoutes, statusRoutes].flatMap((make) =>
    make(services),
  );
  const paths = [
    'GET /',
    ...routes.map(({ method, path }) => `${method} ${path}`),
    'WebSocket /live',
    'WebSocket /frames',
  ];
  const home: Route = {
    method: 'GET',
    path: '/',
    handle: () => jsonReply({ name: 'perfkit chat', paths }),
  };
  return [home, ...routes];
}
