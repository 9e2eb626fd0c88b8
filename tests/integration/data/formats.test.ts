import { mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import {
  createDatasetWriter,
  readDatasetFacts,
  readInstructions,
  readRows,
  readTexts,
} from "../../../formats/dataset.js";
import { readLines } from "../../../formats/lines.js";
import { createTokensWriter, readTokens } from "../../../formats/tokens.js";
import { unicodeText } from "../../support/text.js";

// Nothing here depends on time; a busy machine must not fail it.

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(os.tmpdir(), "pawl-test-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const fresh = () => mkdtempSync(path.join(directory, "a"));
const origin = { source: "test", sourceDigest: "0".repeat(64) };

async function all<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const row of rows) list.push(row);
  return list;
}

test("dataset: every Unicode text comes back", async () => {
  const text = unicodeText();
  await fc.assert(
    fc.asyncProperty(fc.array(fc.record({ instruction: text, response: text })), async (rows) => {
      const to = fresh();
      const writer = createDatasetWriter(to, { kind: "instructions", ...origin });
      for (const row of rows) await writer.write(row);
      const facts = await writer.close();
      expect(await readDatasetFacts(to)).toEqual(facts);
      expect(facts.rows).toBe(rows.length);
      expect(facts.bytes).toBe(Buffer.byteLength(rows.map((row) => row.instruction + row.response).join("")));
      expect(await all(readRows(to))).toEqual(rows);
      expect(await all(readInstructions(to))).toEqual(rows);
      expect(await all(readTexts(to))).toEqual(rows.map((row) => `${row.instruction}\n${row.response}`));
    }),
    { numRuns: 40 },
  );
});

test("dataset: text where instructions are needed is an error", async () => {
  const writer = createDatasetWriter(directory, { kind: "text", ...origin });
  await writer.write({ text: "x" });
  await writer.close();
  await expect(all(readInstructions(directory))).rejects.toMatchObject({ code: "DATA_INVALID" });
});

test("lines: only \\n ends one, whatever the chunks", async () => {
  const file = path.join(directory, "lines");
  const long = "é".repeat(1_500_000);
  writeFileSync(file, `a\u2028b\r\n\n${long}\nend`);
  expect(await all(readLines(file))).toEqual(["a\u2028b\r", "", long, "end"]);
});

test.each([
  [65_536, 2, Uint16Array],
  [65_537, 4, Uint32Array],
])("tokens: vocabulary %i takes %i bytes a token", async (vocabularySize, bytes, type) => {
  const id = fc.integer({ min: 0, max: vocabularySize - 1 });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(id)), async (documents) => {
      const to = fresh();
      const endOfText = vocabularySize - 4;
      const writer = await createTokensWriter(to, {
        vocabularySize,
        endOfText,
        pad: vocabularySize - 1,
        tokenizerDigest: "d",
      });
      for (const ids of documents) await writer.write(ids, 7);
      const facts = await writer.close();
      const read = await readTokens(to, 3);
      expect([...read.stream]).toEqual([endOfText, ...read.tokens]);
      expect(read.tokens.buffer).toBe(read.stream.buffer);
      expect(read.facts).toEqual(facts);
      expect(read.tokens).toBeInstanceOf(type);
      expect(statSync(path.join(to, "tokens.bin")).size).toBe(bytes * facts.tokens);
      expect(facts).toMatchObject({ documents: documents.length, bytes: 7 * documents.length });
      const cut = documents.map((_, i) => [...read.tokens.subarray(read.documents[i], read.documents[i + 1])]);
      expect(cut).toEqual(documents.map((ids) => [...ids, endOfText]));
    }),
    { numRuns: 30 },
  );
});

test.each([
  { tokens: 1e15 },
  { tokens: 4e9 },
  { documents: 4e9 },
  { documents: -1 },
  { tokens: 1.5 },
  { vocabularySize: "x" },
])("facts that do not fit the files of tokens are refused before anything is allocated: %j", async (more) => {
  const to = fresh();
  const tokenizer = { vocabularySize: 300, endOfText: 296, pad: 299, tokenizerDigest: "d" };
  const writer = await createTokensWriter(to, tokenizer);
  await writer.write([1, 2, 3], 7);
  const facts = await writer.close();
  writeFileSync(path.join(to, "tokens.json"), JSON.stringify({ ...facts, ...more }));
  const before = process.memoryUsage().arrayBuffers;
  await expect(readTokens(to)).rejects.toMatchObject({ code: "ARTIFACT_CORRUPT" });
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 30);
});

test.each(["tokens.bin", "documents.bin"])("tokens whose %s was cut are refused", async (name) => {
  const to = fresh();
  const tokenizer = { vocabularySize: 300, endOfText: 296, pad: 299, tokenizerDigest: "d" };
  const writer = await createTokensWriter(to, tokenizer);
  await writer.write([1, 2, 3], 7);
  await writer.close();
  truncateSync(path.join(to, name), 3);
  await expect(readTokens(to)).rejects.toMatchObject({ code: "ARTIFACT_CORRUPT" });
});
