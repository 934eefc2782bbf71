import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plan } from '../../src/plan/plan.ts';
import {
  faultsOf,
  heads,
  known,
  loadYaml,
  messageOfFailure,
  planYaml,
  scenarioFolder,
} from './scenario-folder.ts';
import type { LoadPlan } from '../../src/model/plan.ts';

const files = {
  'users.csv': 'id,name\n1,Ann\n',
  'rows.json': '[{"id": 1, "address": {"city": "Bern"}}]',
  'photo.png': Buffer.from([1, 2, 3]),
  'flow.ts': 'export async function checkout() {}',
};

async function planIn(yaml: string): Promise<LoadPlan> {
  using place = scenarioFolder({ ...files, 'x.perfkit.yaml': loadYaml + yaml });
  const made = await plan({ file: 'x.perfkit.yaml' }, { known, env: {}, cwd: place.folder });
  assert.ok(made.kind === 'load');
  return made;
}

async function faultsIn(yaml: string): Promise<string[]> {
  return heads(await messageOfFailure(() => planIn(yaml))).map((line) =>
    line.replace(/^x\.perfkit\.yaml:/, ''),
  );
}

test('steps, captures and expectations become plain data', async () => {
  const { flows } = await planIn(`flows:
  - name: browse
    steps:
      - {get: /items, name: list, expect: {status: 200, header: {content-type: /json/i}, body: {contains: a}, json: {$.ok: true}}, capture: {id: "$.items[*].id", t: {header: x-token}, c: {regex: "v=(.+)"}, s: {cookie: sid}}}
      - {post: "/items/\${captured:id}", form: {a b: "x \${captured:t}&"}, query: {q: "1 2"}, redirects: 3}
`);
  const [flow] = flows;
  assert.equal(flow?.cookies, true);
  const [list, item] = flow?.steps ?? [];
  assert.deepEqual(list?.expect, {
    headers: [{ name: 'content-type', value: { kind: 'matches', pattern: '(?i)json' } }],
    body: [{ kind: 'contains', text: 'a' }],
    json: [{ path: ['ok'], shown: '$.ok', value: 'true' }],
  });
  assert.deepEqual(list?.captures, [
    { name: 'id', source: { from: 'json', path: ['items', null, 'id'] } },
    { name: 't', source: { from: 'header', header: 'x-token' } },
    { name: 'c', source: { from: 'regex', pattern: 'v=(.+)' } },
    { name: 's', source: { from: 'cookie', cookie: 'sid' } },
  ]);
  assert.equal(item?.path, '/items/${captured:id}?q=1%202');
  assert.equal(item?.body, 'a+b=x+${captured:t}%26');
  assert.deepEqual([item?.bodyFormat, item?.redirects, item?.name], ['form', 3, 'POST /items/:id']);
});

test('a plain flow stays plain: nothing is added to its steps', async () => {
  const { flows } = await planIn('flows: [{name: f, steps: [{get: /a}, {post: /b, body: x}]}]\n');
  for (const step of flows[0]?.steps ?? [])
    assert.deepEqual(Object.keys(step).toSorted(), [
      'body',
      'bodyFormat',
      'expectStatus',
      'headers',
      'method',
      'name',
      'path',
      'think',
    ]);
  assert.equal(flows[0]?.cookies, undefined);
});

test('files, data and functions are found beside the scenario', async () => {
  const { flows, data } = await planIn(`data: {users: {csv: ./users.csv, pick: once}, rows: {json: rows.json}}
flows:
  - {name: a, steps: [{post: /, multipart: {title: "\${data:users.name}", file: {path: ./photo.png, type: image/png}}}]}
  - {name: b, steps: [{put: /, name: put, body: {file: photo.png}, auth: {basic: {user: "\${data:rows.id}", password: p}}}]}
`);
  assert.deepEqual(data, [
    { name: 'users', file: './users.csv', format: 'csv', bytes: 14, pick: 'once' },
    { name: 'rows', file: 'rows.json', format: 'json', bytes: 40, pick: 'sequential' },
  ]);
  const [a, b] = flows;
  assert.deepEqual(a?.steps[0]?.content, {
    kind: 'multipart',
    parts: [
      { name: 'title', text: '${data:users.name}' },
      { name: 'file', file: { path: './photo.png', bytes: 3 }, filename: 'photo.png', type: 'image/png' },
    ],
  });
  assert.deepEqual(b?.steps[0]?.content, { kind: 'file', file: { path: 'photo.png', bytes: 3 } });
});

test('a function carries out a flow, and its operations are named beforehand', async () => {
  const { flows } = await planIn(`data: {users: {csv: ./users.csv}}
flows: [{name: c, call: "./flow.ts#checkout", operations: [pay, list], data: [users]}]
`);
  const [c] = flows;
  assert.deepEqual(
    [c?.kind, c?.call],
    ['function', { module: './flow.ts', export: 'checkout', data: ['users'] }],
  );
  assert.deepEqual(
    c?.steps.map(({ name }) => name),
    ['pay', 'list'],
  );
});

const steps = (...list: string[]): string => `flows:\n  - {name: f, steps: [${list.join(', ')}]}\n`;

const refused: readonly [string, string, RegExp][] = [
  [
    'a capture that no step makes',
    steps('{get: "/${captured:id}"}'),
    /^9:31: no step before captures `id`: add `capture/,
  ],
  [
    'a slip in the name of a capture',
    steps('{get: /, capture: {token: $.t}}', '{get: "/x/${captured:tokn}"}'),
    /no step before captures `tokn`: did you mean `token`\?/,
  ],
  [
    'a capture of the step itself',
    steps('{get: "/${captured:id}", capture: {id: $.id}}'),
    /captured by this step or a later one/,
  ],
  [
    'data that is not there',
    steps('{get: "/${data:users.id}"}'),
    /unknown source of data `users`: write it under/,
  ],
  [
    'a slip in the name of a source',
    `data: {users: {csv: users.csv}}\n${steps('{get: "/${data:user.id}"}')}`,
    /unknown source of data `user`: did you mean `users`\?/,
  ],
  [
    'a column that is not there',
    `data: {users: {csv: users.csv}}\n${steps('{get: "/${data:users.nmae}"}')}`,
    /`users` has no column `nmae`: did you mean `name`\?/,
  ],
  [
    'a column that is not named',
    steps('{get: "/${data:users}"}'),
    /expected a source of data and one of its columns/,
  ],
  ['a random number without bounds', steps('{get: "/${random:9}"}'), /expected two whole numbers/],
  ['a variable that is not closed', steps('{post: /, body: "${iteration:"}'), /:40: expected a "}" after/],
  ['a variable with an argument too many', steps('{get: "/${user:1}"}'), /takes nothing after a colon/],
  [
    'a variable where nothing runs',
    steps('{get: /, name: "${iteration}"}'),
    /has a value only while a flow runs/,
  ],
  [
    'a place in JSON that is none',
    steps('{get: /, capture: {id: "items.id"}}'),
    /expected a place in JSON such as/,
  ],
  ['a name that is none', steps('{get: /, capture: {"a b": $.id}}'), /expected a name of letters/],
  [
    'look-ahead',
    steps('{get: /, capture: {id: {regex: "a(?=b)"}}}'),
    /look-around is not possible in linear time/,
  ],
  [
    'a back-reference',
    steps('{get: /, expect: {body: {matches: "(a)\\\\1"}}}'),
    /back-references are not possible/,
  ],
  ['a pattern with a slip', steps('{get: /, expect: {header: {a: "/(/"}}}'), /a "\)" is missing/],
  ['two bodies', steps('{post: /, form: {a: 1}, json: {}}'), /expected either `json` or `form`, got both/],
  ['a file that is not there', steps('{post: /, body: {file: ./no.bin}}'), /no such file: ".\/no.bin"/],
  ['a file outside', steps('{post: /, body: {file: ../../../../etc/passwd}}'), /lies outside the project/],
  [
    'an absolute file',
    steps('{post: /, body: {file: /etc/passwd}}'),
    /expected a path relative to the scenario/,
  ],
  [
    'data of two kinds',
    `data: {u: {csv: users.csv, json: rows.json}}\n`,
    /expected either `csv` or `json`, got both/,
  ],
  ['data that is no list', 'data: {u: {json: flow.ts}}\n', /flow.ts: cannot be read as JSON/],
  [
    'a flow with two bodies',
    'flows: [{name: f, call: "./flow.ts#checkout", steps: [{get: /}]}]\n',
    /got both/,
  ],
  [
    'a flow with none',
    'flows: [{name: f}]\n',
    /expected either `steps` or `call` \(a function\), got neither/,
  ],
  ['a module that is not there', 'flows: [{name: f, call: "./no.ts#x"}]\n', /no such file: ".\/no.ts"/],
  [
    'a function without a name',
    'flows: [{name: f, call: ./flow.ts}]\n',
    /expected a module and the name of its export/,
  ],
  [
    'operations without a function',
    'flows: [{name: f, operations: [a], steps: [{get: /}]}]\n',
    /goes with `call`/,
  ],
  ['a stream with a body', steps('{ws: /live, body: x}'), /`body` goes with a request, not with `ws`/],
  ['a stream among requests', steps('{get: /}', '{ws: /live}'), /is the only one of its flow/],
  [
    'a header beside auth',
    steps('{get: /, auth: {bearer: x}, headers: {Authorization: y}}'),
    /expected either this header or `auth`/,
  ],
];

for (const [what, yaml, message] of refused) {
  test(`${what} is refused with its place`, async () => {
    const [first = ''] = await faultsIn(yaml);
    assert.match(first, message);
    assert.match(first, /^\d+:\d+: /);
  });
}

test('passwords may be secrets, and stay references in the plan', async () => {
  const yaml = `${loadYaml}flows: [{name: f, auth: {basic: {user: u, password: "\${secret:PW}"}}, steps: [{get: /}]}]\n`;
  const text = JSON.stringify(await planYaml(yaml, { env: { PW: 'hunter2' } }));
  assert.ok(text.includes('${secret:PW}') && !text.includes('hunter2'));
  assert.match(
    await faultsOf(`${loadYaml}${steps('{get: /, expect: {body: {contains: "${secret:PW}"}}}')}`, {
      env: { PW: 'x' },
    }),
    /a secret may stand only in/,
  );
});
