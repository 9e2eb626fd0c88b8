import { metered } from "../../../activities/scoring/metered-wasm.js";

/** A function that counts down from its parameter in a loop, fills its memory and gives 7. */
const counting = [
  ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...[1, 6, 1, 0x60, 1, 0x7f, 1, 0x7f],
  ...[3, 2, 1, 0],
  ...[5, 3, 1, 0, 1],
  ...[6, 6, 1, 0x7f, 1, 0x41, 0, 0x0b],
  ...[7, 5, 1, 1, 0x66, 0, 0],
];
const body = [
  0,
  ...[0x03, 0x40, 0x20, 0, 0x41, 1, 0x6b, 0x22, 0, 0x0d, 0, 0x0b],
  ...[0x41, 0, 0x41, 0, 0x41, 0x80, 0x20, 0xfc, 11, 0],
  ...[0x41, 7, 0x0b],
];
const module_ = Uint8Array.from([...counting, 10, body.length + 2, 1, body.length, ...body]);

interface Exports {
  f: (turns: number) => number;
  budget: { value: bigint };
}
async function open(bytes: Uint8Array): Promise<Exports> {
  const instance = new WebAssembly.Instance(await WebAssembly.compile(bytes), {});
  return instance.exports as unknown as Exports;
}

test("a loop's turns and a fill's bytes are taken from the budget; the module does what it did", async () => {
  const { f, budget } = await open(metered(module_));
  expect(budget.value).toBe(2n ** 63n - 1n);
  budget.value = 10_000n;
  expect(f(1000)).toBe(7);
  // 4096 bytes at 64 a turn.
  expect(budget.value).toBe(10_000n - 1000n - 64n);
  expect((await open(module_)).f(1000)).toBe(7);
});

test("below 0 the module traps, at the same turn every time", async () => {
  for (let i = 0; i < 2; i++) {
    const { f, budget } = await open(metered(module_));
    budget.value = 500n;
    expect(() => f(1000)).toThrow("unreachable");
    expect(budget.value).toBe(-1n);
  }
});

test("instructions that it does not know are refused", () => {
  const vector = [0, 0xfd, 0x0f, 0x0b];
  const unknown = Uint8Array.from([...counting, 10, vector.length + 2, 1, vector.length, ...vector]);
  expect(() => metered(unknown)).toThrow("the instruction 0xfd cannot be metered");
});
