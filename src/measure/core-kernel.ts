/** What is used of it; the types of Node do not have it. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (module: object) => { readonly exports: Readonly<Record<string, unknown>> };
};

const rounds = 20_000;

/** Instructions of WebAssembly 1.0 (W3C, 2019), section 5.4. */
const localGet = 0x20;
const localSet = 0x21;
const localTee = 0x22;
const add = 0x6a;
const xor = 0x73;
const i32 = 0x7f;
const loopStart = [0x03, 0x40];
const end = 0x0b;
const header = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

/**
 * Six chains of additions that hardly wait for each other, in registers only: nearly as many instructions a cycle as a
 * core can do, so that whoever else uses the core takes some of them; caches and memory are not in it. WebAssembly,
 * because V8 compiles it in the same way in every process, which it does not with JavaScript.
 */
export function compileCoreKernel(): () => number {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(moduleBytes()));
  const run: unknown = exports['r'];
  if (typeof run !== 'function') throw new Error('the kernel of the core probe exports no function');
  return () => Number(run(rounds));
}

/** (func (export "r") (param $n i32) (result i32) (local $a … $f i32): one round for each of n, counted down. */
function moduleBytes(): Uint8Array<ArrayBuffer> {
  const [n, a, b, c, d, e, f] = [0, 1, 2, 3, 4, 5, 6] as const;
  const step = (to: number, by: number, operation: number): number[] => [
    localGet,
    to,
    localGet,
    by,
    operation,
    localSet,
    to,
  ];
  // n - 1, and again unless it is 0
  const countDown = [localGet, n, 0x41, 1, 0x6b, localTee, n, 0x0d, 0];
  const loop = [
    ...loopStart,
    ...step(a, n, add),
    ...step(b, a, xor),
    ...step(c, b, add),
    ...step(d, n, xor),
    ...step(e, d, add),
    ...step(f, c, xor),
    ...countDown,
    end,
  ];
  const sum = [localGet, a, ...[b, c, d, e, f].flatMap((chain) => [localGet, chain, add])];
  const body = [1, 6, i32, ...loop, ...sum, end];
  return Uint8Array.from([
    ...header,
    ...section(1, [1, 0x60, 1, i32, 1, i32]),
    ...section(3, [1, 0]),
    ...section(7, [1, 1, 'r'.charCodeAt(0), 0, 0]),
    ...section(10, [1, body.length, ...body]),
  ]);
}

function section(id: number, content: readonly number[]): number[] {
  return [id, content.length, ...content];
}
