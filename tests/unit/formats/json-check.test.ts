import { writeFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { checkJson } from "../../../activities/dataset/tables/json-check.js";
import { useDirectory } from "../../support/directory.js";
import { unicodeText } from "../../support/text.js";

const directory = useDirectory();

/** Lines of JSON beyond several chunks of a file, so that these are cut at many places. */
const rows = fc
  .sample(fc.record({ text: unicodeText(), other: fc.jsonValue() }), { numRuns: 400, seed: 1 })
  .map((row) => JSON.stringify(row));
const manyLines = Array.from({ length: 4000 }, (_, i) => `${" ".repeat(i % 7)}${rows[i % rows.length]}\n`);

async function check(text: string): Promise<void> {
  const file = path.join(directory(), "a.jsonl");
  writeFileSync(file, text);
  await checkJson({ name: "a.jsonl", path: file });
}

test("whatever is JSON passes, wherever chunks are cut", async () => {
  expect(manyLines.join("").length).toBeGreaterThan(3 * 65_536);
  for (let shift = 0; shift < 20; shift++) await check(" ".repeat(shift) + manyLines.join(""));
});

test.each(['{"a":nan}', '{"a":[1,]}', "-Infinity", "nul"])(
  "%s behind all of them is found in its line",
  async (bad) => {
    for (let shift = 0; shift < 10; shift++)
      await expect(check(`${" ".repeat(shift)}${manyLines.join("")}${bad}`)).rejects.toMatchObject({
        code: "DATA_INVALID",
        facts: { where: "a.jsonl:4001" },
      });
  },
);
