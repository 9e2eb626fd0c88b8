import { execFileSync } from "node:child_process";
import path from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { quoteNumbers } from "../../../activities/dataset/tables/json-numbers.js";
import { testContext, type TestContext } from "../../support/stage-context.js";
import { catchFailure, put, runDataset } from "../../support/datasets.js";

// Nothing here depends on time; a busy machine must not fail it.

let context: TestContext;
beforeEach(() => {
  context = testContext();
});
afterEach(() => context.remove());

const lines = (rows: string[]) => rows.map((row) => row + "\n").join("");
const texts = (rows: object[]) => rows.map((row) => (row as { text: string }).text);

test.each([
  ["decimals", ["1.10", "2.50", "7"]],
  ["whole numbers beyond a double", ["12345678901234567890", "98765432109876543210987", "1"]],
  ["exponents and signs", ["1e3", "-0", "2.0E+5"]],
  ["numbers and text", ["1.10", '"one"', "true"]],
])("numbers are taken as they are written: %s", async (_, values) => {
  const written = values.map((value) => value.replaceAll('"', ""));
  put(context, "a.jsonl", lines(values.map((value) => `{"text": ${value}, "other": [1, {"x": "a\\"1"}]}`)));
  put(context, "b.json", `[${values.map((value) => `{"text":${value}}`).join(",\n")}]`);
  put(context, "c.jsonl.gz", gzipSync(lines(values.map((value) => `{"text":${value}}`))));
  for (const file of ["a.jsonl", "b.json", "c.jsonl.gz"])
    expect(texts((await runDataset(context, { source: { file } })).train)).toEqual(written);
});

test.each([{}, { query: "SELECT text FROM data" }])(
  "lists and objects among texts are counted: %j",
  async (settings) => {
    const rows = ['{"text":"[1]"}', '{"text":["x","y"]}', '{"text":{"a":"deep"}}', '{"text":7}', '{"text":null}'];
    put(context, "a.jsonl", lines(rows));
    const { train, metrics } = await runDataset(context, { source: { file: "a.jsonl" }, ...settings });
    expect(texts(train)).toEqual(["[1]", "7"]);
    expect(metrics).toMatchObject({ droppedMissing: 3 });
  },
);

test("conversations among texts are no answers", async () => {
  const talk = '[{"role":"assistant","content":"so"}]';
  put(
    context,
    "a.jsonl",
    lines([`{"prompt":"p","chosen":${talk},"rejected":"no"}`, '{"prompt":"p","chosen":"c","rejected":"r"}']),
  );
  const { train, metrics } = await runDataset(context, { source: { file: "a.jsonl" } });
  expect(train).toEqual([{ prompt: "p", chosen: "c", rejected: "r" }]);
  expect(metrics).toMatchObject({ droppedMissing: 1 });
});

test.each([
  '{"text":"a","text":"b"}',
  '{"messages":[{"role":"user","content":"q","role":"assistant"},{"role":"assistant","content":"a"}]}',
  '{"messages":[{"role":"user","content":[{"type":"text","text":"q","text":"r"}]},{"role":"assistant","content":[1,"a"]}]}',
])("a key that comes twice is refused: %s", async (row) => {
  put(context, "a.jsonl", lines([row]));
  const failure = await catchFailure(runDataset(context, { source: { file: "a.jsonl" } }));
  expect(failure.code).toBe("DATA_INVALID");
  expect(JSON.stringify([failure.message, failure.facts])).toMatch(/the key (text|role) twice/);
});

test("JSON that a query takes out of a structure is text without quotes", async () => {
  put(context, "a.jsonl", lines(['{"v": {"a": "deep", "n": 1.10}}', '{"v": "flat"}']));
  const query = "SELECT v -> 'a' AS text FROM data";
  const { train, metrics } = await runDataset(context, { source: { file: "a.jsonl" }, query });
  expect(texts(train)).toEqual(["deep"]);
  expect(metrics).toMatchObject({ droppedMissing: 1 });
});

test("with a query, text and numbers in one column are text without JSON's quotes", async () => {
  put(
    context,
    "a.jsonl",
    lines(['{"id": 1, "n": 3, "v": "one"}', '{"id": "b", "n": 4, "v": 2}', '{"id": null, "n": 5}']),
  );
  const query = "SELECT id || ':' || coalesce(v, 'none') AS text FROM data WHERE n < 5";
  expect(texts((await runDataset(context, { source: { file: "a.jsonl" }, query })).train)).toEqual(["1:one", "b:2"]);
});

test("with a query, objects beside text stay JSON", async () => {
  put(context, "a.jsonl", lines(['{"v": {"a": "deep"}}', '{"v": "flat"}']));
  const query = "SELECT coalesce(v ->> 'a', v ->> '$') AS text FROM data";
  expect(texts((await runDataset(context, { source: { file: "a.jsonl" }, query })).train)).toEqual(["deep", "flat"]);
});

test("the table `written` gives a query every value as the file holds it", async () => {
  put(context, "a.jsonl", lines(['{"id": 1.10}', '{"id": 1.1}']));
  put(context, "a.csv", "id\n007\n1.10\n");
  const query = "SELECT id AS text FROM written";
  expect(texts((await runDataset(context, { source: { file: "a.jsonl" }, query })).train)).toEqual(["1.10", "1.1"]);
  expect(texts((await runDataset(context, { source: { file: "a.csv" }, query })).train)).toEqual(["007", "1.10"]);
});

test("packed and plain files together, and an empty one, which is reported", async () => {
  put(context, "1.jsonl", '{"text":"one"}\n');
  put(context, "2.jsonl.gz", gzipSync('{"text":"two"}\n'));
  put(context, "3.jsonl", "");
  put(context, "4.jsonl", '{"text":"four"}\n');
  const { train } = await runDataset(context, { source: { file: "*.jsonl*" } });
  expect(texts(train)).toEqual(["one", "two", "four"]);
  expect(context.logged.join("\n")).toContain("3.jsonl is empty: left out");
});

test("an empty list is said to be empty", async () => {
  put(context, "a.json", " [ ]\n");
  const failure = await catchFailure(runDataset(context, { source: { file: "a.json" } }));
  expect(failure).toMatchObject({ code: "DATA_INVALID", message: "the file is empty" });
});

test.each([
  ["cut short", '{"text":'],
  ["no object", "7"],
])("a line that is %s is reported with its number", async (_, bad) => {
  const rows = Array.from({ length: 50_000 }, (_, i) => JSON.stringify({ text: `row ${i}` }));
  rows[40_000] = bad;
  put(context, "a.jsonl", lines(rows));
  const failure = await catchFailure(runDataset(context, { source: { file: "a.jsonl" } }));
  expect(failure).toMatchObject({ code: "DATA_INVALID", facts: { where: "a.jsonl:40001" } });
});

test("a message holds little of a huge field", async () => {
  const long = "x".repeat(2_200_000);
  put(context, "a.jsonl", lines([`{"text":"${long}"}`, `{"text":"${long}`]));
  put(context, "a.csv", `text,n\n${long},1\n"${long}"x,2\n`);
  for (const file of ["a.jsonl", "a.csv"]) {
    const failure = await catchFailure(runDataset(context, { source: { file } }));
    expect(JSON.stringify([failure.message, failure.facts]).length).toBeLessThan(1000);
  }
  const query = "SELECT text::INTEGER::VARCHAR AS text FROM data";
  put(context, "b.jsonl", lines([`{"text":"${long}"}`]));
  const failure = await catchFailure(runDataset(context, { source: { file: "b.jsonl" }, query }));
  expect(JSON.stringify(failure.facts).length).toBeLessThan(1500);
});

test("numbers become texts wherever chunks are cut; nothing else changes", async () => {
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), fc.integer({ min: 1, max: 7 }), async (value, size) => {
      const bytes = Buffer.from(JSON.stringify(value));
      const chunks = async function* () {
        for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
      };
      const out: Uint8Array[] = [];
      for await (const chunk of quoteNumbers(chunks())) out.push(chunk);
      const quoted = (one: unknown): unknown => {
        if (typeof one === "number") return JSON.stringify(one);
        if (Array.isArray(one)) return one.map(quoted);
        if (typeof one !== "object" || one === null) return one;
        return Object.fromEntries(Object.entries(one).map(([key, inner]) => [key, quoted(inner)]));
      };
      expect(Buffer.concat(out).toString()).toBe(JSON.stringify(quoted(JSON.parse(bytes.toString()))));
    }),
  );
});

/** A program that prints how many rows the files `0.json`, `1.json`, … have. */
const countRows = (files: number): string => `
  import { Table } from ${JSON.stringify(path.join(import.meta.dirname, "../../../activities/dataset/tables/table.ts"))};
  const files = Array.from({ length: ${files} }, (_, i) => ({ name: i + ".json", path: i + ".json" }));
  const signal = new AbortController().signal;
  const options = { query: undefined, queryKey: "query", seed: 1, home: ".pawl", source: "files", log: () => undefined, signal };
  async function main() {
    const table = await Table.open(files, "json", options);
    let rows = 0;
    for await (const _ of table.rows("SELECT * FROM data", ["text"])) rows += 1;
    process.stdout.write(String(rows));
    await table.close();
  }
  void main();
`;

test("more files of numbers than a process may have open", () => {
  const files = 400;
  for (let i = 0; i < files; i++) put(context, `${i}.json`, `[{"text": ${i}.50}]`);
  put(context, "count-rows.ts", countRows(files));
  const runner = path.join(import.meta.dirname, "../../../scripts/typescript.cjs");
  const limited = 'ulimit -n 256; exec "$0" "$@"';
  const counted = execFileSync("sh", ["-c", limited, process.execPath, runner, "count-rows.ts"], {
    cwd: context.workingDirectory,
    encoding: "utf8",
  });
  expect(counted).toBe(String(files));
});
