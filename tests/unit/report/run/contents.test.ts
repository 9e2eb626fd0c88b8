import { writeFileSync } from "node:fs";
import path from "node:path";
import { writeSafetensors } from "../../../../formats/safetensors.js";
import { createTokensWriter } from "../../../../formats/tokens.js";
import { tokenizerJson } from "../../../../lm/text/tokenizer-files.js";
import { readContents, type FileContents } from "../../../../report/run/contents.js";
import { computeHistogram } from "../../../../report/run/histogram.js";
import { useDirectory } from "../../../support/directory.js";

const directory = useDirectory();
const shown = { rows: 2, columns: 2, tensors: 8, tokens: 4, values: 1000 };
const read = async (file: string): Promise<FileContents> => (await readContents(directory(), [file], shown))[0]!;

/**
 * The 256 bytes, `he`, ` the` in three steps, a line feed doubled, `é` and the first half of it
 * with a letter; special ones.
 */
const merges = [
  ["h", "e"],
  ["t", "he"],
  ["Ġ", "the"],
  ["Ċ", "Ċ"],
  ["Ã", "©"],
  ["a", "Ã"],
] as const;
const idsOfBytes = (text: string): number[] => {
  const vocabulary = (JSON.parse(tokenizerJson([])) as { model: { vocab: Record<string, number> } }).model.vocab;
  return [...text].map((character) => vocabulary[character]!);
};
const writeTokenizer = (): void => writeFileSync(path.join(directory(), "tokenizer.json"), tokenizerJson(merges));

test("a tokenizer's vocabulary has the tokens that it learned, by id, with every byte visible", async () => {
  writeTokenizer();
  const found = await readContents(directory(), ["tokenizer.json"], { ...shown, tokens: 200 });
  expect(found[0]!.vocabulary).toMatchObject({ bytes: 256, special: 4, count: 256 + merges.length + 4 });
  expect(found[0]!.vocabulary!.learned.map(({ id, text }) => [id, text])).toEqual([
    [256, "he"],
    [257, "the"],
    [258, " the"],
    [259, "⏎⏎"],
    [260, "é"],
    [261, "a\\xc3"],
  ]);
  expect((await read("tokenizer.json")).vocabulary!.learned).toHaveLength(4);
});

test("documents are the beginnings of the first ones, as their tokens", async () => {
  writeTokenizer();
  const special = 256 + merges.length;
  const facts = { vocabularySize: special + 4, endOfText: special, pad: special + 1, tokenizerDigest: "" };
  const writer = await createTokensWriter(directory(), facts);
  const [tab, half] = [idsOfBytes("ĉ")[0]!, idsOfBytes("©")[0]!];
  await writer.write([257, tab, half], 5);
  await writer.write([259, 261, 258, 258, 258], 20);
  await writer.write([256], 2);
  await writer.close();
  expect((await read("tokens.bin")).documents).toEqual({
    count: 3,
    tokens: 12,
    first: [
      {
        tokens: [
          { id: 257, text: "the" },
          { id: tab, text: "⇥" },
          { id: half, text: "\\xa9" },
          { id: special, text: "<|endoftext|>", isSpecial: true },
        ],
        count: 4,
      },
      {
        tokens: [
          { id: 259, text: "⏎⏎" },
          { id: 261, text: "a\\xc3" },
          { id: 258, text: " the" },
          { id: 258, text: " the" },
        ],
        count: 6,
      },
    ],
  });
});

test("tensors have the distribution of a bounded number of their values", async () => {
  const data = Float32Array.from({ length: 10_000 }, (_, i) => i);
  const small = { dtype: "int32", shape: [3], data: Int32Array.of(7, 7, 7) } as const;
  const bad = { dtype: "float32", shape: [2], data: Float32Array.of(NaN, Infinity) } as const;
  await writeSafetensors(path.join(directory(), "w.safetensors"), {
    large: { dtype: "float32", shape: [100, 100], data },
    small: { ...small, shape: [3] },
    bad: { ...bad, shape: [2] },
    empty: { dtype: "float32", shape: [0], data: new Float32Array() },
  });
  const [large, constant, nan, empty] = (await read("w.safetensors")).tensors!.first;
  const { histogram } = large!;
  // 64 pieces of 15 values: the ends are among them.
  expect(histogram).toMatchObject({ least: 0, most: 9999, values: 960, notFinite: 0 });
  expect(histogram!.counts).toHaveLength(40);
  expect(histogram!.counts.reduce((sum, count) => sum + count, 0)).toBe(960);
  expect(Math.max(...histogram!.counts)).toBeLessThan(2 * Math.min(...histogram!.counts) + 15);
  expect(constant!.histogram).toMatchObject({ least: 7, most: 7, values: 3 });
  expect(constant!.histogram!.counts[20]).toBe(3);
  expect(nan).toEqual({ name: "bad", dtype: "float32", shape: [2] });
  expect(empty).not.toHaveProperty("histogram");
});

test("values that are not finite are counted beside the distribution", () => {
  expect(computeHistogram(Float32Array.of(-1, NaN, 1, Infinity), 2)).toEqual({
    ...{ least: -1, most: 1, counts: [1, 1], values: 4, notFinite: 2 },
  });
});

test.each([
  ["tokenizer.json", "[1]", "tokenizer.json has no vocabulary"],
  ["tokenizer.json", "{", "tokenizer.json has no vocabulary"],
  ["tokens.bin", "", /no such file/],
  ["w.safetensors", "x", "the file is too short to be safetensors"],
  ["data.json", "{", /JSON/],
])("%s with %j of users' own files has a problem, and the others are shown", async (file, text, problem) => {
  writeFileSync(path.join(directory(), file), text);
  writeFileSync(path.join(directory(), "rows.jsonl"), "1\n");
  expect(await readContents(directory(), [file, "rows.jsonl"], shown)).toEqual([
    { file, problem: typeof problem === "string" ? problem : expect.stringMatching(problem) },
    { file: "rows.jsonl", rows: ["1"] },
  ]);
});
