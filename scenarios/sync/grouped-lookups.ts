import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { extname } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { Worker } from 'node:worker_threads';
import { flagOption } from '../patterns/scenario-options.ts';
import type { ScenarioContext, ScenarioSubject } from '../patterns/scenario-context.ts';
import { createStateRecords, recordId } from './state-records.ts';

const lookups = 64;
const groups = 4;

/**
 * 64 records, drawn by the workload's distribution, from a service on the loopback. Option grouped: look-ups of the same
 * record become one, those whose ids are alike go into one request, the four requests run in parallel, and what they
 * answer is put into the order that was asked for. Else a request each, one after the other, on one kept connection.
 */
export async function createGroupedLookups(
  options: Readonly<Record<string, unknown>>,
  { workload, random, keySequence }: ScenarioContext,
): Promise<ScenarioSubject> {
  const make = createStateRecords(random);
  const ids = Array.from({ length: workload.keys }, (_, index) => recordId(index));
  const content = new Map(ids.map((id, index) => [id, JSON.stringify(make(index))]));
  const worker = new Worker(new URL(`./lookup-server${extname(import.meta.url)}`, import.meta.url), {
    workerData: content,
  });
  const [port]: unknown[] = await once(worker, 'message');
  const agent = new Agent({ keepAlive: true, maxSockets: groups });
  const ask = async (wanted: readonly string[]): Promise<Map<string, unknown>> => {
    const request = get({
      agent,
      host: '127.0.0.1',
      port: Number(port),
      path: `/records?id=${wanted.join('&id=')}`,
    });
    const [response] = await once(request, 'response');
    const found: unknown = JSON.parse((await buffer(response)).toString());
    return new Map(Object.entries(found ?? {}));
  };
  const oneByOne = async (wanted: readonly string[]): Promise<unknown[]> => {
    const found: unknown[] = [];
    for (const id of wanted) found.push((await ask([id])).get(id));
    return found;
  };
  const grouped = async (wanted: readonly string[]): Promise<unknown[]> => {
    const byGroup = Map.groupBy(new Set(wanted), (id) => Number(id.at(-1)) % groups);
    const answers = await Promise.all(Array.from(byGroup.values(), ask));
    return wanted.map((id) => answers.find((answer) => answer.has(id))?.get(id));
  };
  const retrieve = flagOption(options, 'grouped', true) ? grouped : oneByOne;
  const keys = keySequence();
  return {
    operations: {
      async retrieve(index) {
        const first = index * lookups;
        const wanted = Array.from(
          { length: lookups },
          (_, place) => ids[keys[(first + place) & (keys.length - 1)] ?? 0] ?? '',
        );
        const found = await retrieve(wanted);
        const checked = index % lookups;
        if (JSON.stringify(found[checked]) !== content.get(wanted[checked] ?? '')) {
          throw new Error(`Expected the record ${wanted[checked]}`);
        }
        return found;
      },
    },
    close: async () => {
      agent.destroy();
      worker.postMessage('stop');
      await once(worker, 'exit');
    },
  };
}
