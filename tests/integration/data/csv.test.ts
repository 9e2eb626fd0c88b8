import { gzipSync } from "node:zlib";
import path from "node:path";
import fc from "fast-check";
import { Table } from "../../../activities/dataset/tables/table.js";
import { testContext, type TestContext } from "../../support/stage-context.js";
import { catchFailure, put, runDataset } from "../../support/datasets.js";

// Nothing here depends on time; a busy machine must not fail it.

let context: TestContext;
beforeEach(() => {
  context = testContext();
});
afterEach(() => context.remove());

const columns = { instruction: "q", response: "n" };
const pairs = (rows: object[]) =>
  (rows as { instruction: string; response: string }[]).map(({ instruction, response }) => [instruction, response]);
const read = async (content: string | Uint8Array, settings: object = { columns }, name = "a.csv") => {
  put(context, name, content);
  return runDataset(context, { source: { file: name }, ...settings });
};
const refuse = async (content: string | Uint8Array, name = "a.csv") => catchFailure(read(content, { columns }, name));

describe("column names", () => {
  test.each([
    ["text,text\na,b\n", "text"],
    ["id, text , text \na,b,c\n", " text "],
    ["id;text;TEXT\na;b;c\n", "TEXT"],
    ['\uFEFF"te""xt","n","te""xt"\r\na,1,b\r\n', 'te"xt'],
    ['"two\nlines",n,"two\nlines"\na,1,b\n', "two\nlines"],
  ])("two columns of one name are refused: %j", async (content, name) => {
    expect(await refuse(content)).toMatchObject({
      code: "DATA_INVALID",
      message: `two columns have the name ${name}`,
      facts: { where: "a.csv:1", expected: "names that differ by more than upper and lower case" },
    });
  });

  test("columns without a name, and names that only begin alike, are read", async () => {
    expect((await read('text,,"",text_1,text 1\na,b,c,d,e\n', {})).train).toEqual([{ text: "a" }]);
  });
});

describe("rows that were not read", () => {
  test("a line that begins with # is a row, also where the first one does", async () => {
    const rows = Array.from({ length: 100 }, (_, i) => `${i % 5 === 0 ? "" : "#"}tag ${i},${i}\n`).join("");
    const { train, metrics } = await read(`#q,n\n${rows}`, { columns: { instruction: "#q", response: "n" } });
    expect(metrics["trainRows"]).toBe(100);
    expect(pairs(train)[1]).toEqual(["#tag 1", "1"]);
  });

  test("a quoted field may first occur after 30,000 rows", async () => {
    const rows = Array.from({ length: 30_000 }, (_, i) => `question ${i},${i}\n`).join("");
    const { train } = await read(`q,n\n${rows}"one, two\nand ""three""",last\n`);
    expect(train).toHaveLength(30_001);
    expect(pairs(train).at(-1)).toEqual(['one, two\nand "three"', "last"]);
  });

  test("blank lines before the column names do not make a row of these", async () => {
    const { train } = await read("\n\r\n\nq,n\nwhy?,so\n");
    expect(pairs(train)).toEqual([["why?", "so"]]);
  });

  test("blank lines between rows are no rows, and are reported", async () => {
    const { train, metrics } = await read("q,n\na,1\n\n\nb,2\n\n");
    expect(pairs(train)).toHaveLength(2);
    expect(metrics).toMatchObject({ trainRows: 2, droppedMissing: 0 });
    expect(context.logged.join("\n")).toContain('a.csv has blank lines, which are not rows {"blankLines":3}');
  });

  test("one column: text with commas is not cut, and a blank line is a row without a value", async () => {
    const { train, metrics } = await read('text\n"x, y"\nfoo, bar | baz; 7\n\nlast\n', {});
    expect(train).toEqual([{ text: "x, y" }, { text: "foo, bar | baz; 7" }, { text: "last" }]);
    expect(metrics["droppedMissing"]).toBe(1);
  });

  test("lines that end in \\n and in \\r\\n in one file, and a byte order mark", async () => {
    const { train } = await read('\uFEFFq,n\r\na,1\nb,"x\ny"\r\nc,3\n');
    expect(pairs(train)).toEqual([
      ["a", "1"],
      ["b", "x\ny"],
      ["c", "3"],
    ]);
  });

  test("files with blank lines, other delimiters, gzip, no rows and nothing in them, side by side", async () => {
    put(context, "1.csv", "q,n\na,1\n");
    put(context, "2.csv", "\nq;n\nb, c;2\n");
    put(context, "3.csv.gz", gzipSync("n,q\n3,d\n"));
    put(context, "4.csv", "q,n\n");
    put(context, "5.csv", "");
    const source = { file: "*.csv*" };
    const { train } = await runDataset(context, { source, columns });
    expect(pairs(train)).toEqual([
      ["a", "1"],
      ["b, c", "2"],
      ["d", "3"],
    ]);
    expect(context.logged).toEqual(
      expect.arrayContaining([
        expect.stringContaining("4.csv has no rows: left out"),
        expect.stringContaining("5.csv is empty: left out"),
      ]),
    );
    const large = await runDataset(context, { source, query: "SELECT q AS text FROM data WHERE n > 1" });
    expect(large.metrics["trainRows"]).toBe(2);
  });

  test("a field of millions of characters", async () => {
    const long = "x".repeat(2_200_000);
    const { train } = await read(`q,n\n${long},1\n"${long}\n${long}",2\n`);
    expect(pairs(train).map(([q]) => q!.length)).toEqual([2_200_000, 4_400_001]);
  });

  test("mixed line ends behind blank lines and before gzip's end", async () => {
    const { train } = await read(gzipSync('\r\n\nq,n\r\na,"1\r\n2"\nb,3'), { columns }, "a.csv.gz");
    expect(pairs(train)).toEqual([
      ["a", "1\r\n2"],
      ["b", "3"],
    ]);
  });

  test.each([
    [
      " ",
      'q n\n"p q" 2\n"x ""y""" "3 4"\n',
      [
        ["p q", "2"],
        ['x "y"', "3 4"],
      ],
    ],
    [" ; ", 'q ; n\n"p ; q" ; 2\n', [["p ; q", "2"]]],
    ["\t", 'q\tn\n "p\tq" \t2\n', [["p\tq", "2"]]],
  ])("quoted fields between the delimiter %j", async (delimiter, content, rows) => {
    put(context, "a.csv", content);
    const { home, workingDirectory } = context;
    const table = await Table.open([{ name: "a.csv", path: path.join(workingDirectory, "a.csv") }], "csv", {
      query: undefined,
      queryKey: "query",
      home,
      seed: 1,
      source: "a.csv",
      delimiter,
      signal: context.signal,
      log: () => {},
    });
    const found: unknown[] = [];
    for await (const cells of table.rows("SELECT q, n FROM data", ["q", "n"])) found.push(cells);
    await table.close();
    expect(found).toEqual(rows);
  });

  test.each(["\n", "\r\n", "\n\n"])("a byte order mark before blank lines: %j", async (blank) => {
    const { train } = await read(`\uFEFF${blank}q,n${blank}a,1${blank}`);
    expect(pairs(train)).toEqual([["a", "1"]]);
    const { train: texts } = await read(`\uFEFF${blank}q,n${blank}a,1${blank}`, {
      query: "SELECT q AS text FROM data",
    });
    expect(texts).toEqual([{ text: "a" }]);
  });

  test("any table: what RFC 4180 writes is what is read", async () => {
    const cell = fc.oneof(
      fc.stringMatching(/^[a-z0-9#;|.'" ,\n\r-]{0,8}$/),
      fc.constantFrom("1.10", "007", "#x", '"', '""', "a,b", "1234567890123456789", "ид", "NULL"),
    );
    const isThere = (text: string) => text.trim() !== "" && !/^\s|\s$/.test(text);
    const row = fc.tuple(cell.filter(isThere), cell.filter(isThere));
    const quoted = (text: string) => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 12 }), async (rows) => {
        const { train } = await read(`q,n\n${rows.map((cells) => cells.map(quoted).join(",") + "\n").join("")}`);
        expect(pairs(train)).toEqual(rows);
      }),
      { numRuns: 20 },
    );
  });
});

describe("an error is reported with its line", () => {
  const body = Array.from({ length: 40_000 }, (_, i) => `"question\n${i}",${i}\n`).join("");
  test.each([
    ["a row with a field too few", `q,n\n${body}alone\n`, 80_002, "1 field"],
    ["a row with a field too many", `\n\nq,n\n\n${body}a,b,c\n`, 80_005, "3 fields"],
    ["text behind a quoted field", `q,n\n${body}"a"b,c\n`, 80_002, "other characters"],
    ["a quoted field that is not closed", `q,n\n${body}"a,c\nd,e\n`, 80_002, "the end of the file"],
    [
      "bytes that are no UTF-8",
      Buffer.concat([Buffer.from(`q,n\n${body}`), Buffer.from("na\xefve,1\n", "latin1")]),
      80_002,
      "",
    ],
    ["a line of spaces", "q,n\na,b\n   \n", 3, "1 field"],
  ])("%s", async (_, content, line, got) => {
    const failure = await refuse(content);
    expect(failure).toMatchObject({ code: "DATA_INVALID", facts: { where: `a.csv:${line}` } });
    expect(failure.facts.got).toContain(got);
  });

  const late = Array.from({ length: 30_000 }, (_, i) => `${i},x\n`).join("");
  test.each([
    ["an old Mac's file", "q,n\r1,2\r3,4", 1],
    ["an old Mac's file with a quoted field", 'q,n\r"1",2\r3,4\r', 1],
    ["inside a field", `q,n\n${late}a\rb,2\n`, 30_002],
    ["at the begin of a field", `q,n\n${late}\r"b",2\n`, 30_002],
    ["behind a quoted field", `q,n\n${late}a,"b"\r\r\n`, 30_002],
  ])("a carriage return that ends no line: %s", async (_, content, line) => {
    for (const settings of [{ columns }, { query: "SELECT q AS text FROM data" }]) {
      const failure = await catchFailure(read(content, settings));
      expect(failure).toMatchObject({
        code: "DATA_INVALID",
        message: "a carriage return outside of quotes does not end a line",
        facts: { where: `a.csv:${line}`, next: expect.stringContaining("tr '\\r' '\\n' < a.csv") },
      });
    }
  });

  test.each(["", "\n\n", "\uFEFF"])("an empty file is said to be empty: %j", async (content) => {
    for (const name of ["a.csv", "a.jsonl", "a.json"])
      expect(await refuse(content, name)).toMatchObject({ code: "DATA_INVALID", message: "the file is empty" });
    put(context, "b.csv", "");
    const both = catchFailure(runDataset(context, { source: { file: "*.csv" }, columns }));
    expect(await both).toMatchObject({ code: "DATA_INVALID", message: "all files are empty" });
  });
});
