import { gzipSync } from "node:zlib";
import { catchFailure, jsonLines, put, runDataset } from "../../support/datasets.js";
import { testContext, type TestContext } from "../../support/stage-context.js";

// Nothing here depends on time; a busy machine must not fail it.

let context: TestContext;
beforeEach(() => {
  context = testContext();
});
afterEach(() => context.remove());

const read = (file: string, content: string | Uint8Array, settings: object = {}) => {
  put(context, file, content);
  return runDataset(context, { source: { file }, ...settings });
};
const refuse = (file: string, content: string | Uint8Array, settings: object = {}) =>
  catchFailure(read(file, content, settings));

const contents = {
  "a.txt": "one\ntwo\n",
  "a.csv": "text\none\n",
  "a.jsonl": '{"text":"one"}\n',
  "a.json": '[{"text":"one"}]',
};

test.each(Object.entries(contents))("gzip that is named %s is called gzip", async (file, text) => {
  expect(await refuse(file, gzipSync(text))).toMatchObject({
    code: "DATA_INVALID",
    message: "the file is gzip, which its name does not show",
    facts: { where: file, next: "let its name end in .gz, or unpack it" },
  });
});

test.each([
  ["a.csv", "PK\x03\x04rest", "a ZIP archive"],
  ["a.jsonl", "\x28\xb5\x2f\xfdrest", "Zstandard"],
  ["a.txt", "PAR1\x15\x00rest", "Parquet"],
])("another format that is named %s is called by its name", async (file, bytes, got) => {
  expect(await refuse(file, Buffer.from(bytes, "latin1"))).toMatchObject({ code: "DATA_INVALID", facts: { got } });
});

test.each(["utf16le", "utf16be"])("%s without a byte order mark is not taken for UTF-8", async (encoding) => {
  for (const [file, text] of Object.entries({ ...contents, "b.txt": "да и нет\nи ещё раз: да\n" })) {
    const bytes = Buffer.from(text, "utf16le");
    expect(await refuse(file, encoding === "utf16le" ? bytes : bytes.swap16())).toMatchObject({
      code: "DATA_INVALID",
      message: "the text is not UTF-8",
      facts: {
        where: `${file}:1`,
        got: "UTF-16",
        next: expect.stringContaining(`iconv -f UTF-16${encoding.slice(5).toUpperCase()}`),
      },
    });
  }
});

test("UTF-16 with a byte order mark and without a NUL is UTF-16", async () => {
  expect(await refuse("a.txt", Buffer.from("\uFEFF漢字仮名", "utf16le"))).toMatchObject({ facts: { got: "UTF-16" } });
});

test.each(["a.txt", "a.csv"])("a NUL in %s is refused with its place", async (file) => {
  expect(await refuse(file, `text\n${"x".repeat(100_000)}\0y\n`)).toMatchObject({
    code: "DATA_INVALID",
    facts: { where: file, got: "a NUL after 100005 bytes" },
  });
});

test("a NUL that JSON escapes is text", async () => {
  expect((await read("a.jsonl", '{"text":"a\\u0000b"}\n')).train).toEqual([{ text: "a\0b" }]);
});

describe("JSON that is none", () => {
  test.each([
    ["a comma before }", "a.jsonl", '{"text":"a"}\n{"text":"b" , }\n', 2, ",}"],
    ["a comma before ]", "a.json", '[{"text":"a"},\n{"text":"b"},\n]', 3, ",]"],
    ["a comma inside", "a.jsonl", '{"text":"a","other":[1,2,]}\n', 1, ",]"],
    ["NaN", "a.jsonl", '{"text":"a","score":NaN}\n', 1, "NaN"],
    ["nan, in a column of the query", "a.jsonl", '{"text":"a"}\n{"text":"b","score":nan}\n', 2, "nan"],
    ["-Infinity", "a.json", '[{"text":"a"},\n{"text":"b","score":-Infinity}]', 2, "Infinity"],
    ["inf", "a.jsonl", '{"text":inf}\n', 1, "inf"],
    ["True", "a.jsonl", '{"text":"a","ok":True}\n', 1, "True"],
  ])("%s is refused with its line", async (_what, file, text, line, got) => {
    for (const settings of [{}, { query: "SELECT text FROM data" }])
      expect(await refuse(file, text, settings)).toMatchObject({
        code: "DATA_INVALID",
        message: "the data are not JSON",
        facts: { where: `${file}:${line}`, got },
      });
  });

  test("what only looks like it inside a text is text", async () => {
    const text = 'a,} NaN \\" [,] \\\\';
    expect((await read("a.jsonl", `{"text":"${text}","n":-1.5e-3,"b":[true,false,null]}\n`)).train).toEqual([
      { text: JSON.parse(`"${text}"`) as string },
    ]);
  });
});

describe("deep and wide", () => {
  const lists = (levels: number) => "[".repeat(levels) + "]".repeat(levels);
  const objects = (levels: number) => '{"a":'.repeat(levels) + "1" + "}".repeat(levels);

  test.each([
    ["lists", lists(159)],
    ["objects", objects(159)],
  ])("160 levels of %s are read", async (_what, value) => {
    expect((await read("a.jsonl", `{"text":"a","x":${value}}\n`)).train).toEqual([{ text: "a" }]);
  });

  test.each([
    ["900 lists", lists(900)],
    ["900 objects", objects(900)],
    ["50,000 lists, at which DuckDB ends the process,", lists(50_000)],
    ["50,000 brackets that nothing closes", "[".repeat(50_000)],
  ])("%s are refused with their line", async (_what, value) => {
    for (const settings of [{}, { query: "SELECT text FROM data" }])
      expect(await refuse("a.jsonl", `{"text":"a"}\n{"text":"a","x":${value}}\n`, settings)).toMatchObject({
        code: "DATA_INVALID",
        message: "the data are nested too deeply",
        facts: { where: "a.jsonl:2", expected: "at most 160 levels of lists and objects" },
      });
  });

  test.each([
    [
      "300 keys of one type",
      [Object.fromEntries([["text", "x"], ...Array.from({ length: 300 }, (_, i) => [`k${i}`, "v"])])],
    ],
    ["300 sparse keys", Array.from({ length: 300 }, (_, i) => ({ text: "x", [`k${i}`]: i }))],
  ])("%s are columns", async (_what, rows) => {
    for (const settings of [{}, { query: "SELECT text FROM data WHERE k7 IS NOT NULL" }]) {
      const { train } = await read("a.jsonl", jsonLines(rows), settings);
      expect(train.length).toBe("query" in settings ? 1 : rows.length);
    }
  });

  test("an object with many keys stays a map for queries", async () => {
    const rows = Array.from({ length: 300 }, (_, i) => ({ text: "x", counts: { [`k${i}`]: i } }));
    const { train } = await read("a.jsonl", jsonLines(rows), {
      query: "SELECT map_keys(counts)[1] AS text FROM data WHERE counts['k7'] = 7",
    });
    expect(train).toEqual([{ text: "k7" }]);
  });

  test("more columns than DuckDB has room for are refused as such", async () => {
    const names = Array.from({ length: 100_000 }, (_, i) => `c${i}`);
    const rows = [Object.fromEntries(names.map((name) => [name, 1]))];
    for (const [file, text] of [
      ["a.csv", `${names.join(",")}\n${names.join(",")}\n`],
      ["a.jsonl", jsonLines(rows)],
    ] as const)
      expect(await refuse(file, text)).toMatchObject({
        code: "DATA_INVALID",
        message: "the table has too many columns",
        facts: { where: `${file}:1`, expected: "at most 32768 columns" },
      });
  });
});
