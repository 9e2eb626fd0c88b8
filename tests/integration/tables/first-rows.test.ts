import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { writeTable } from "../../../formats/table.js";
import { readContents } from "../../../report/run/contents.js";
import { useDirectory } from "../../support/directory.js";

const directory = useDirectory();
const most = { rows: 2, columns: 2, tensors: 1, tokens: 1, values: 0 };
const read = (...files: string[]) => readContents(directory(), files, most);

async function write(): Promise<void> {
  await writeTable(
    directory(),
    "features",
    "nodes of a test",
    [
      { name: 'the "node"', type: "text", values: ["a", undefined, "x".repeat(1000)] },
      { name: "degree", type: "integer", values: Float64Array.of(7, NaN, 9) },
      { name: "share", type: "number", values: Float64Array.of(0.25, 0.5, 1) },
    ],
    { memoryBytes: 2 ** 28, temporaryDirectory: directory() },
  );
}

test("a table shows its first rows and columns, and how many it has; its CSV is the same, and is not shown", async () => {
  await write();
  const found = await read("features.csv", "features.parquet");
  expect(found.map(({ file }) => file)).toEqual(["features.parquet"]);
  expect(found[0]!.table).toEqual({
    columns: [
      { name: 'the "node"', type: "VARCHAR" },
      { name: "degree", type: "BIGINT" },
    ],
    columnCount: 3,
    rows: [
      ["a", "7"],
      [null, null],
    ],
    rowCount: 3,
  });
});

test("CSV without Parquet is shown, each value as text; a long value is cut", async () => {
  await write();
  rmSync(path.join(directory(), "features.parquet"));
  const [found] = await readContents(directory(), ["features.csv"], { ...most, rows: 9 });
  const [first, , last] = found!.table!.rows;
  expect(first).toEqual(["a", "7"]);
  expect(last).toEqual(["x".repeat(200), "9"]);
  expect(found!.table).not.toHaveProperty("rowCount");
});

test("a file that is not what its name says has a problem", async () => {
  writeFileSync(path.join(directory(), "x.parquet"), "nothing");
  expect(await read("x.parquet")).toEqual([
    { file: "x.parquet", problem: expect.stringMatching(/parquet/i) as string },
  ]);
});
