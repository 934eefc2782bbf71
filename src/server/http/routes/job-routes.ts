import { parseJob } from '../../jobs/job.ts';
import type { Services } from '../../services.ts';
import { HttpError } from '../http-error.ts';
import { jsonReply } from '../route.ts';
import type { Route } from '../route.ts';

/** Background jobs: taken at once, asked about later. */
export function jobRoutes({ jobs }: Services): Route[] {
  return [
    {
      method: 'POST',
      path: '/jobs',
      handle: async (request) => jsonReply(jobs.add(parseJob(await request.json())), 202),
    },
    {
      method: 'GET',
      path: '/jobs/:id',
      handle({ params }) {
        const status = jobs.status(params['id'] ?? '');
        if (status === undefined) {
          throw new HttpError(404, 'there is no such job', {
            expected: 'one of the last, see MAX_QUEUED_JOBS',
          });
        }
        return jsonReply(status);
      },
    },
  ];
}
