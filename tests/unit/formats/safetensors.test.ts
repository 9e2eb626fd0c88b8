import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { readSafetensors, writeSafetensors, type StoredTensors } from "../../../formats/safetensors.js";
import { readTrainingState, writeTrainingState } from "../../../formats/training-state.js";
import { useFolder } from "../../support/folder.js";

const folder = useFolder();
let files = 0;
const freshFile = (): string => path.join(folder(), `${files++}.safetensors`);

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

test("other types than F32 and I32 are refused by name", async () => {
  const header = Buffer.from(JSON.stringify({ w: { dtype: "BF16", shape: [1], data_offsets: [0, 2] } }));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  const file = freshFile();
  writeFileSync(file, Buffer.concat([length, header, Buffer.alloc(2)]));
  await expect(readSafetensors(file)).rejects.toMatchObject({ code: "MODEL_INVALID", facts: { got: "BF16" } });
});

test("a training state is read back; one of another format is refused", async () => {
  const state = {
    step: 7,
    tensors: { w: { dtype: "float32" as const, shape: [1], data: Float32Array.of(0.1) } },
    figures: { lossSum: 0.1 + 0.2, tokens: 12 },
  };
  await writeTrainingState(folder(), state);
  expect(await readTrainingState(folder())).toEqual(state);
  const facts = path.join(folder(), "training.json");
  writeFileSync(facts, readFileSync(facts, "utf8").replace('"format": 1', '"format": 99'));
  await expect(readTrainingState(folder())).rejects.toMatchObject({ code: "CHECKPOINT_MISMATCH" });
});
