import { closeSync, openSync, readFileSync, statSync, truncateSync, writeFileSync, writeSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { readSafetensors, writeSafetensors, type StoredTensors } from "../../../formats/safetensors.js";
import { readTrainingState, writeTrainingState } from "../../../formats/training-state.js";
import { useDirectory } from "../../support/directory.js";

const directory = useDirectory();
let files = 0;
const freshFile = (): string => path.join(directory(), `${files++}.safetensors`);

const shape = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 });
const tensor = shape.chain((shape) => {
  const size = shape.reduce((x, y) => x * y, 1);
  return fc.oneof(
    fc
      .float32Array({ minLength: size, maxLength: size })
      .map((data) => ({ dtype: "float32" as const, shape, data: Float32Array.from(data) })),
    fc
      .int32Array({ minLength: size, maxLength: size })
      .map((data) => ({ dtype: "int32" as const, shape, data: Int32Array.from(data) })),
  );
});
const names = fc.string({ minLength: 1, unit: "grapheme" }).filter((name) => !name.startsWith("__"));
const tensors: fc.Arbitrary<StoredTensors> = fc.dictionary(names, tensor, { maxKeys: 6, noNullPrototype: true });

test("what is written is read back, bit for bit", async () => {
  await fc.assert(
    fc.asyncProperty(tensors, async (written) => {
      const file = freshFile();
      await writeSafetensors(file, written);
      const read = await readSafetensors(file);
      expect(Object.keys(read).sort()).toEqual(Object.keys(written).sort());
      for (const [name, { dtype, shape, data }] of Object.entries(written)) {
        expect(read[name]).toMatchObject({ dtype, shape });
        expect(Buffer.from(read[name]!.data.buffer)).toEqual(Buffer.from(data.buffer));
      }
    }),
    { numRuns: 50 },
  );
});

test("the layout is safetensors': little-endian header length, JSON padded to eight bytes, then the values", async () => {
  const file = freshFile();
  await writeSafetensors(file, { w: { dtype: "float32", shape: [2], data: Float32Array.of(1, -2) } });
  const bytes = readFileSync(file);
  const headerLength = Number(bytes.readBigUInt64LE(0));
  expect(headerLength % 8).toBe(0);
  expect(JSON.parse(bytes.subarray(8, 8 + headerLength).toString())).toEqual({
    __metadata__: { format: "pt" },
    w: { dtype: "F32", shape: [2], data_offsets: [0, 8] },
  });
  expect([bytes.readFloatLE(8 + headerLength), bytes.readFloatLE(12 + headerLength)]).toEqual([1, -2]);
});

test("a file cut anywhere is refused", async () => {
  const file = freshFile();
  await writeSafetensors(file, { w: { dtype: "float32", shape: [2], data: Float32Array.of(1, -2) } });
  const bytes = readFileSync(file);
  for (let length = 0; length < bytes.length; length += 3) {
    const cut = freshFile();
    writeFileSync(cut, bytes.subarray(0, length));
    await expect(readSafetensors(cut)).rejects.toMatchObject({ code: "MODEL_INVALID" });
  }
});

/** A file of one tensor `w`. */
function fileOf(dtype: string, shape: number[], bytes: Uint8Array): string {
  const header = Buffer.from(JSON.stringify({ w: { dtype, shape, data_offsets: [0, bytes.length] } }));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  const file = freshFile();
  writeFileSync(file, Buffer.concat([length, header, bytes]));
  return file;
}

test("other types are refused by name", async () => {
  const file = fileOf("F64", [1], Buffer.alloc(8));
  await expect(readSafetensors(file)).rejects.toMatchObject({ code: "MODEL_INVALID", facts: { got: "F64" } });
});

test.each([
  ["BF16", [0x3f80, 0xc020, 0x0000, 0x8000, 0x7f80, 0x4049], [1, -2.5, 0, -0, Infinity, 3.140625]],
  [
    "F16",
    [0x3c00, 0xc100, 0x0001, 0x8000, 0xfc00, 0x7bff, 0x3555],
    [1, -2.5, 2 ** -24, -0, -Infinity, 65504, 0.333251953125],
  ],
])("%s is read as float32", async (dtype, halves, values) => {
  const file = fileOf(dtype, [halves.length], new Uint8Array(Uint16Array.from(halves).buffer));
  const { w } = await readSafetensors(file);
  expect(w).toMatchObject({ dtype: "float32", shape: [halves.length] });
  expect(w!.data).toEqual(Float32Array.from(values));
});

test("every F16 that is a number has its value: sign, exponent and fraction in order", async () => {
  const positive = Uint16Array.from({ length: 0x7c00 }, (_, i) => i);
  const { w } = await readSafetensors(fileOf("F16", [positive.length], new Uint8Array(positive.buffer)));
  const values = w!.data;
  expect(values.every((value, i) => i === 0 || value > values[i - 1]!)).toBe(true);
  const { w: nan } = await readSafetensors(fileOf("F16", [2], new Uint8Array(Uint16Array.of(0x7e00, 0xfc01).buffer)));
  expect([...nan!.data]).toEqual([NaN, NaN]);
});

test.each([
  ["a header that is no object", "[1]"],
  ["no ranges", '{"w":{"dtype":"F32","shape":[2]}}'],
  ["a negative range", '{"w":{"dtype":"F32","shape":[],"data_offsets":[-4,0]}}'],
  ["a shape that is none", '{"w":{"dtype":"F32","shape":[0.5],"data_offsets":[0,2]}}'],
])("%s is refused", async (_, header) => {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  const file = freshFile();
  writeFileSync(file, Buffer.concat([length, Buffer.from(header), Buffer.alloc(8)]));
  await expect(readSafetensors(file)).rejects.toMatchObject({ code: "MODEL_INVALID" });
});

test("a file of 5 GiB is read tensor by tensor; what is not asked for is not read", async () => {
  const large = 1_400_000_000; // more values than one call reads, more bytes than a buffer holds
  const header = JSON.stringify({
    hole: { dtype: "F32", shape: [large], data_offsets: [0, 4 * large] },
    last: { dtype: "I32", shape: [2], data_offsets: [4 * large, 4 * large + 8] },
  });
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  const file = freshFile();
  const descriptor = openSync(file, "wx");
  const begin = 8 + header.length;
  writeSync(descriptor, length, 0, 8, 0);
  writeSync(descriptor, header, 8);
  writeSync(descriptor, new Uint8Array(Int32Array.of(7, -8).buffer), 0, 8, begin + 4 * large);
  closeSync(descriptor);
  expect(statSync(file).size).toBeGreaterThan(5 * 2 ** 30);
  const { hole, last } = await readSafetensors(file);
  expect(last!.data).toEqual(Int32Array.of(7, -8));
  expect(hole!.shape).toEqual([large]);
  truncateSync(file, begin + 1000);
  expect(() => last!.data).toThrow("the file has become shorter");
});

test("tensors that are made when asked for are written one after another, each asked for once", async () => {
  const asked: string[] = [];
  const lazy = (name: string, value: number) => ({
    dtype: "float32" as const,
    shape: [1],
    get data() {
      asked.push(name);
      return Float32Array.of(value);
    },
  });
  const file = freshFile();
  await writeSafetensors(file, { a: lazy("a", 1), b: lazy("b", 2) });
  expect(asked).toEqual(["a", "b"]);
  const held = freshFile();
  const [a, b] = [1, 2].map((value) => ({ dtype: "float32" as const, shape: [1], data: Float32Array.of(value) }));
  await writeSafetensors(held, { a: a!, b: b! });
  expect(readFileSync(file)).toEqual(readFileSync(held));
});

test("a training state is read back; one of another format is refused", async () => {
  const state = {
    step: 7,
    tensors: { w: { dtype: "float32" as const, shape: [1], data: Float32Array.of(0.1) } },
    values: { lossSum: 0.1 + 0.2, tokens: 12 },
  };
  await writeTrainingState(directory(), state);
  expect(await readTrainingState(directory())).toMatchObject(state);
  const facts = path.join(directory(), "training.json");
  writeFileSync(facts, readFileSync(facts, "utf8").replace('"format": 2', '"format": 99'));
  await expect(readTrainingState(directory())).rejects.toMatchObject({ code: "CHECKPOINT_MISMATCH" });
});
