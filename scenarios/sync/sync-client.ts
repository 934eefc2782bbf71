/** What of a load's flow these need. */
interface SyncFlow {
  readonly http: {
    readonly post: (path: string, options: Request) => Promise<Reply>;
  };
  readonly user: number;
  readonly iteration: number;
  readonly random: { readonly int: (n: number) => number };
}

interface Request {
  readonly name: string;
  readonly json: unknown;
  readonly status: number;
  readonly expect?: (reply: Reply) => string | null;
}

interface Reply {
  readonly text: () => string;
}

const records = 10_000;
const changesAtOnce = 100;
const flowsBetweenTouches = 10;

/** A client that has nothing yet: it gets every record. Now and then one has changed just before. */
export async function syncAll({ http, user, iteration, random }: SyncFlow): Promise<void> {
  if (lastCursor !== null && (user + iteration) % flowsBetweenTouches === 0) {
    const changes = [change(random.int(records), random.int(1e9))];
    await http.post('/sync', { name: 'touch', json: { cursor: lastCursor, changes }, status: 200 });
  }
  const reply = await http.post('/sync', {
    name: 'full',
    json: { cursor: null },
    status: 200,
    expect: expectChanged(records),
  });
  lastCursor = cursorOf(reply);
}

/** A client that was here before. Another one changes 1 % of the records, and it gets those. */
export async function syncChanges({ http, user, random }: SyncFlow): Promise<void> {
  let cursor = cursors.get(user);
  if (cursor === undefined) {
    const reply = await http.post('/sync', { name: 'first', json: { cursor: null }, status: 200 });
    cursor = cursorOf(reply);
  }
  const start = random.int(records / changesAtOnce) * changesAtOnce;
  const mark = random.int(1e9);
  const changes = Array.from({ length: changesAtOnce }, (_, at) => change(start + at, mark));
  await http.post('/sync', { name: 'change', json: { cursor, changes }, status: 200 });
  const reply = await http.post('/sync', {
    name: 'incremental',
    json: { cursor },
    status: 200,
    expect: expectChanged(changesAtOnce),
  });
  cursors.set(user, cursorOf(reply));
}

/** Of each user, across its flows. */
const cursors = new Map<number, string>();
/** Of whoever came last. */
let lastCursor: string | null = null;

function change(index: number, mark: number): object {
  const text = `what was remembered has changed, for the ${mark}th time, and is about as long as it was before that`;
  return {
    id: `record-${String(index).padStart(8, '0')}`,
    value: { kind: 'memory', topic: 'changed', text, strength: 0.5 },
  };
}

/** Without a parse, which would cost the client more than the sync costs the server. */
function expectChanged(count: number): (reply: Reply) => string | null {
  return (reply) => {
    const found = reply.text().split('"version":').length - 1;
    return found === count ? null : `expected ${count} records, got ${found}`;
  };
}

function cursorOf(reply: Reply): string {
  const [, cursor] = /"cursor":"([0-9a-f]+:[0-9]+)"/.exec(reply.text().slice(0, 200)) ?? [];
  if (cursor === undefined) throw new Error('Expected a cursor in the reply');
  return cursor;
}
