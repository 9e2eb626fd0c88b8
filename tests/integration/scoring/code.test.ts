import fc from "fast-check";
import { MachineFailure } from "../../../activities/scoring/rule.js";
import { openSandbox } from "../../../activities/scoring/sandbox.js";
import { testContext, type TestContext } from "../../support/stage-context.js";
import { closeAll, scored, type Pair } from "../../support/scoring.js";

// Each case starts an interpreter; a busy machine must not fail it.

let context: TestContext;
beforeAll(() => (context = testContext()));
afterEach(closeAll);
afterAll(() => context.remove());

const code = (pairs: readonly Pair[], limits: object = {}) => scored(context, { kind: "code", ...limits }, pairs);

test("code is right that gives what the reference gives, as JSON", async () => {
  const right: Pair[] = [
    ["40 + 2", "42"],
    ["40 + 2;", "6 * 7"],
    ["const f = (n) => n < 2 ? n : f(n - 1) + f(n - 2); f(10)", "55"],
    ["{ b: 1, a: [2] }", '{"a": [2], "b": 1}'],
    ["Here it is:\n```js\n[3, 1, 2].sort()\n```", "[1, 2, 3]"],
    ["'a' + 'b' // joined", '"ab"'],
    ["new Map([['x', 1]]).get('x')", "1"],
    ["0.1 + 0.2", "0.30000000000000004"],
    ["null", "null"],
    ["`é😀`", '"é😀"'],
    ['({ "__proto__": null, x: 1 })', "({ x: 1 })"],
  ];
  expect(await code(right)).toEqual({ scores: right.map(() => 1), failures: {} });
});

test("code is wrong that gives something else, or nothing", async () => {
  const wrong: Pair[] = [
    ["41", "42"],
    ["'42'", "42"],
    ["[1, 2]", "[2, 1]"],
    ["undefined", "42"],
    ["() => 42", "42"],
    ["", "42"],
    ["let x = 42", "42"],
  ];
  expect(await code(wrong)).toEqual({ scores: wrong.map(() => 0), failures: {} });
});

test("code that throws scores 0 and is counted", async () => {
  const throwing: Pair[] = [
    ["throw new Error('no')", "42"],
    ["nothing + 1", "42"],
    ["function (", "42"],
    ["The answer is 42.", "42"],
    ["throw null", "42"],
    ["throw { get message() { throw 1 } }", "42"],
    ["({ toJSON() { throw 42 } })", "42"],
    ["10n", "10"],
    ["const x = []; x.push(x); x", "42"],
    ["function f() { return 1 + f() } f()", "42"],
    ["(".repeat(100_000), "42"],
    ["[".repeat(100_000) + "]".repeat(100_000), "42"],
    ["JSON.parse('['.repeat(1e5) + ']'.repeat(1e5))", "42"],
    ["let o = {}; let p = o; for (let i = 0; i < 2e4; i++) p = p.a = {}; o", "42"],
    ["new Proxy({}, { get(t, k, r) { return r[k] } }).x", "42"],
    ["import('node:fs').x.y", "42"],
    ["require('node:fs')", "42"],
    ["import fs from 'node:fs'; fs", "42"],
  ];
  expect(await code(throwing)).toEqual({
    scores: throwing.map(() => 0),
    failures: { verifierErrors: throwing.length },
  });
  expect(context.logged.filter((line) => line.startsWith("verifier: error: no"))).toHaveLength(1);
});

test("code that does not end is stopped by its number of steps", async () => {
  const endless: Pair[] = [
    ["for (;;);", "42"],
    ["while (true) { try { throw 1 } catch {} finally { continue } }", "42"],
    ["({ toJSON() { for (;;); } })", "42"],
    ["throw { get message() { for (;;); } }", "42"],
    ["/(a+)+$/.test('a'.repeat(40) + '!')", "42"],
    ["[1, 2].sort(() => { for (;;); })", "42"],
    ["function* g() { for (;;) yield 1 } [...(function* () { for (const x of g()) if (x > 1) yield x })()]", "42"],
    ["eval('for (;;);')", "42"],
  ];
  expect(await code(endless, { stepLimit: 100_000 })).toEqual({
    scores: endless.map(() => 0),
    failures: { verifierStepLimits: endless.length },
  });
});

test("the number of steps alone decides: a quarter of what a loop needs is too few", async () => {
  const loop: Pair[] = [["let n = 0; for (let i = 0; i < 300_000; i++) n += 1; n", "300000"]];
  expect((await code(loop, { stepLimit: 150_000 })).failures).toEqual({ verifierStepLimits: 1 });
  expect((await code(loop, { stepLimit: 1_000_000 })).scores).toEqual([1]);
});

test("code that eats memory is stopped, whatever it is made of", async () => {
  const hungry: Pair[] = [
    ["const a = []; for (;;) a.push([])", "42"],
    ["const a = []; for (;;) a.push('x'.repeat(1000) + a.length)", "42"],
    ["const o = {}; for (let i = 0; ; i++) o['k' + i] = i", "42"],
    ["'x'.repeat(2 ** 29)", "42"],
    ["new Array(1e9).fill(0)", "42"],
    ["new ArrayBuffer(2 ** 30)", "42"],
    ["const a = []; for (;;) a.push(new Uint8Array(1e6))", "42"],
    ["let s = ['x']; for (;;) s = [s, s].toString()", "42"],
    // What it gives is itself too large.
    ["const s = 'x'.repeat(1e6); Array.from({ length: 40 }, () => s)", "42"],
  ];
  const { scores, failures } = await code(hungry, { memoryLimitBytes: 1 << 25, stepLimit: 100_000_000 });
  expect(scores).toEqual(hungry.map(() => 0));
  expect(failures).toEqual({ verifierOutOfMemory: hungry.length });
});

test("there is nothing of the host, and nothing that differs between runs", async () => {
  const names =
    "['process', 'require', 'global', 'console', 'setTimeout', 'fetch', 'performance', 'Date', 'std', 'os']";
  const same: Pair[] = [
    ["({}).constructor.constructor('return typeof process')()", '"undefined"'],
    ["({}).constructor.constructor('return this')() === globalThis", "true"],
    ["(function () { return typeof this.process })()", '"undefined"'],
    [`${names}.filter((name) => name in globalThis)`, "[]"],
    ["[Math.random(), Math.random()]", "[0.5, 0.5]"],
  ];
  expect(await code(same)).toEqual({ scores: same.map(() => 1), failures: {} });
});

test("what one row's code does to its world does not reach the next", async () => {
  const tricks: Pair[] = [
    [
      "Object.prototype.toJSON = () => 42; Array.prototype.push = 0; globalThis.x = 42; JSON.stringify = () => '42'; 1",
      "42",
    ],
    ["typeof x + typeof Array.prototype.push", '"undefinedfunction"'],
    ["JSON.stringify = () => '42'; 41", "42"],
    ["JSON = undefined; 42", "42"],
    ["({ a: 1 })", "({ a: 1 })"],
  ];
  // The first passes a 42 off as its result: it can, since it is free to give 42.
  expect((await code(tricks)).scores).toEqual([0, 1, 0, 1, 1]);
});

test("a reference that gives nothing is the row's fault", async () => {
  const bad: Pair[] = [
    ["42", "throw 1"],
    ["42", "() => 42"],
    ["42", "for (;;);"],
  ];
  expect(await code(bad)).toEqual({ scores: [0, 0, 0], failures: { verifierBadReferences: 3 } });
});

test("what a built-in function does in one step is counted as well, and the next row is judged", async () => {
  const slow = [
    "Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)",
    "let n = 3n ** 300000n; for (let i = 0; i < 90000; i++) n * n; 42",
    "const a = new Uint8Array(2 ** 24); for (let i = 0; i < 90000; i++) a.fill(i); 42",
    "const a = new Uint8Array(2 ** 24); for (let i = 0; i < 90000; i++) a.copyWithin(1, 0); 42",
    "const s = 'a'.repeat(2 ** 22); for (let i = 0; i < 90000; i++) s.lastIndexOf('b'); 42",
  ];
  const pairs = slow.flatMap((source): Pair[] => [
    [source, "42"],
    ["42", "42"],
  ]);
  expect(await code(pairs, { stepLimit: 100_000 })).toEqual({
    scores: slow.flatMap(() => [0, 1]),
    failures: { verifierStepLimits: slow.length },
  });
});

test("built-in functions that do as much as programs usually ask of them are within the default", async () => {
  const usual: Pair[] = [
    ["Array.from({ length: 1e4 }, (_, i) => (i * 7919) % 100003).sort((a, b) => a - b)[0]", "0"],
    ["const s = 'abc '.repeat(1e5).split(' ').join('-'); s.length", "400000"],
    ["(2n ** 4000n).toString().length", "1205"],
    ["JSON.parse(JSON.stringify(Array.from({ length: 5e4 }, (_, i) => ({ i })))).length", "50000"],
    ["'x'.repeat(1e5).replace(/x/g, 'yy').length", "200000"],
  ];
  expect(await code(usual)).toEqual({ scores: usual.map(() => 1), failures: {} });
});

test("memory that the machine does not have says nothing of the code", async () => {
  const run = await openSandbox({ memoryLimitBytes: 1 << 25, stepLimit: 100_000_000 });
  const { Memory } = WebAssembly;
  try {
    WebAssembly.Memory = class extends Memory {
      override grow(): number {
        throw new RangeError("no memory left");
      }
    };
    await expect(run("const a = []; for (;;) a.push([])")).rejects.toThrow(MachineFailure);
    WebAssembly.Memory = class extends Memory {
      constructor() {
        super({ initial: 1, maximum: 1 });
        throw new RangeError("could not allocate memory");
      }
    };
    await expect(run("1")).rejects.toThrow(MachineFailure);
  } finally {
    WebAssembly.Memory = Memory;
  }
});

test("what JSON says comes back as it was, and a program's text makes no difference to another's", async () => {
  const json = fc.jsonValue().map((value) => JSON.stringify(value));
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(json, json), { minLength: 1, maxLength: 5 }), async (pairs) => {
      const same = (a: string, b: string) => {
        try {
          expect(JSON.parse(a)).toEqual(JSON.parse(b));
          return 1;
        } catch {
          return 0;
        }
      };
      const { scores } = await code(
        pairs.flatMap(([a, b]): Pair[] => [
          [a, a],
          [a, b],
        ]),
      );
      expect(scores).toEqual(pairs.flatMap(([a, b]) => [1, same(a, b)]));
      await closeAll();
    }),
    { numRuns: 5 },
  );
});
