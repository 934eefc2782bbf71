/** Scenarios to start from, with comments; each can be run as it is. */
export const starters = {
  bench: `# A bench scenario. Run it: perfkit bench THIS-FILE
version: 1
kind: bench
name: my-bench
subjects:                                  # measured in turn, round by round, each in a fresh process
  - {name: lru, use: cache, options: {policy: lru, max: 10000}}
  - {name: adaptive, use: cache, options: {policy: w-tinylfu, max: 10000}}
  # Your own code, paths relative to this file:
  # - {name: parse, call: "./parse.ts#parse"}              the export is the operation
  # - {name: store, use: "./store.ts#createStore"}         the export is called once and returns {operations: {...}}
reference: lru                             # what \`reference\` means in targets
workload: {keys: 100000, distribution: zipf(0.99), mix: {get: 0.9, set: 0.1}, valueBytes: 100}
run: {warmup: 500ms, for: 1s, rounds: 3}   # --profile quick and full shorten and lengthen it
targets:                                   # metric{tag:value} agg op limit; perfkit exits 3 when one fails
  - "op_duration p99 < 1ms"
  - "hit_ratio{subject:adaptive} value >= reference"
  - {expr: "throughput{subject:adaptive} rate >= reference * 0.5", severity: warn}   # reported, never fails
`,
  load: `# A load scenario. Run it: perfkit load THIS-FILE
version: 1
kind: load
name: my-load
target:
  http: "\${env:BASE_URL:-builtin:items}"    # http://host:port of your server; builtin:items is a small one to try
  # allow: [staging.example.com]           # hosts other than this machine must be named
phases:
  - {name: warmup, for: 2s, users: 5, measure: false}      # closed model: 5 users, one request at a time each
  - {name: steady, for: 10s, rate: 100/s, spacing: poisson}  # open model: 100 flows a second, whatever the server does
flows:                                     # chosen by weight; the steps of one run in turn
  - name: browse
    weight: 4
    steps:
      - {get: /, name: index, expect: {status: 200}}
      - {get: /items/7, name: item, expect: {status: 200}}
  - name: write
    steps:
      - {post: /echo, name: echo, json: {text: hello}, expect: {status: 200}}
      # A secret is read from the environment when a request is sent, and never printed:
      # - {get: /me, headers: {authorization: "Bearer \${secret:API_TOKEN}"}}
targets:                                   # metric{tag:value} agg op limit [in phase]; perfkit exits 3 when one fails
  - "errors rate < 0.1%"
  - "response_time p95 < 200ms in steady"
  - "response_time{name:item} p50 < 50ms"
`,
} as const;
