import { createServer } from 'node:http';
import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';

// A service of records in a thread of its own: `GET /records?id=ID&id=ID` answers with those it has, as a JSON object of
// values by id. Tells its port to the thread that started it. It ends with that thread, or when it is told anything.

const most = 1_000;
const database = new DatabaseSync(':memory:');
database.exec('CREATE TABLE records (id TEXT PRIMARY KEY, json TEXT NOT NULL) STRICT, WITHOUT ROWID; BEGIN');
const insert = database.prepare('INSERT INTO records VALUES (?, ?)');
const data: unknown = workerData;
if (data instanceof Map) for (const [id, json] of data) insert.run(String(id), String(json));
database.exec('COMMIT');
const select = database.prepare('SELECT id, json FROM records WHERE id IN (SELECT value FROM json_each(?))');

const server = createServer((request, response) => {
  const ids = new URL(request.url ?? '/', 'http://127.0.0.1').searchParams.getAll('id').slice(0, most);
  const found = select
    .all(JSON.stringify(ids))
    .map(({ id, json }) => `${JSON.stringify(id)}:${String(json)}`);
  const body = Buffer.from(`{${found.join(',')}}`);
  response
    .writeHead(200, { 'content-type': 'application/json', 'content-length': body.byteLength })
    .end(body);
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  parentPort?.postMessage(typeof address === 'object' ? address?.port : null);
});
parentPort?.once('message', () => {
  server.close();
  server.closeAllConnections();
  database.close();
});
