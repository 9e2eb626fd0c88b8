import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { openTable } from "../../../activities/tables/open.js";
import { parseQuery } from "../../../schemas/query-parameters.js";
import { isUnrepeatableFunction } from "../../../schemas/unrepeatable-sql.js";
import type { QueryParameter } from "../../../schemas/fields/query.js";
import { layout } from "../../../store/home.js";
import { stageKey } from "../../../store/records/results.js";
import { stageIdentity } from "../../../worker/keys/identity.js";
import { testContext, type TestContext } from "../../support/stage-context.js";
import { catchFailure, put, runDataset, fillSettings } from "../../support/datasets.js";

// Nothing here depends on time; a busy machine must not fail it.

let context: TestContext;
beforeEach(() => {
  context = testContext();
  put(context, "words.csv", "word,count\nwhale,3\nship,2\nsea,1\n");
});
afterEach(() => context.remove());

const source = { file: "words.csv" };
const run = (parameters?: Record<string, QueryParameter>) =>
  runDataset(context, { source, query: { file: "rows.sql", ...(parameters && { parameters }) } });

async function texts(sql: string, parameters?: Record<string, QueryParameter>): Promise<string[]> {
  put(context, "rows.sql", sql);
  return (await run(parameters)).train.map((row) => (row as { text: string }).text);
}

describe("parameters", () => {
  test("text, numbers, true and false, and lists of them; each with the type of the same literal", async () => {
    const types = "SELECT typeof($it) || ' ' || $it::VARCHAR AS text FROM data LIMIT 1";
    expect(await texts(types, { it: "a" })).toEqual(["VARCHAR a"]);
    expect(await texts(types, { it: 7 })).toEqual(["INTEGER 7"]);
    expect(await texts(types, { it: 5_000_000_000 })).toEqual(["BIGINT 5000000000"]);
    expect(await texts(types, { it: 1e300 })).toEqual(["DOUBLE 1e+300"]);
    expect(await texts(types, { it: 0.5 })).toEqual(["DOUBLE 0.5"]);
    expect(await texts(types, { it: true })).toEqual(["BOOLEAN true"]);
    expect(await texts(types, { it: ["a", "b"] })).toEqual(["VARCHAR[] [a, b]"]);
    expect(await texts(types, { it: [1, 0.5] })).toEqual(["DOUBLE[] [1.0, 0.5]"]);
    expect(await texts(types, { it: [false] })).toEqual(["BOOLEAN[] [false]"]);
    expect(await texts(types, { it: [] })).toEqual(["VARCHAR[] []"]);
  });

  test("may stand wherever a value may: conditions, lists, limits, functions of tables", async () => {
    const sql =
      "SELECT word || i AS text FROM data, range($n) AS r(i) WHERE word IN $words AND count > $least LIMIT $n";
    expect(await texts(sql, { n: 2, words: ["whale", "sea"], least: 1 })).toEqual(["whale0", "whale1"]);
  });

  test.each([
    "'); DROP TABLE data; --",
    "x' OR 1 = 1 --",
    '"word"',
    "$other",
    "getvariable('other')",
    "{{ inputs.x }}",
    "line\nline",
    "\\",
    "",
  ])("%j stays a value", async (value) => {
    const sql = "SELECT '<' || $value || '>' AS text FROM data WHERE word <> $value";
    expect(await texts(sql, { value })).toEqual(Array.from({ length: 3 }, () => `<${value}>`));
    const list = "SELECT '<' || unnest($values) || '>' AS text";
    expect(await texts(list, { values: [value, "other"] })).toEqual([`<${value}>`, "<other>"]);
  });

  test("are found outside comments and quotes only, with the line of their first use", () => {
    const sql = [
      "-- $comment",
      "SELECT '$text', 'it''s $text', e'\\'$text', \"$name\", $$ $quoted $$, $tag$ $quoted $tag$, /* $comment",
      "$comment */ a$b, $first + $second",
      "WHERE $first > $1",
    ].join("\n");
    const parsed = parseQuery(sql);
    expect([...parsed.parameters]).toEqual([
      ["first", 3],
      ["second", 3],
    ]);
    expect(parsed.sql.split("\n")[2]).toBe("$comment */ a$b, getvariable('first') + getvariable('second')");
    expect(parsed.sql.split("\n")[1]).toBe(sql.split("\n")[1]);
  });

  test("a missing, an unknown or a mixed one is refused", async () => {
    put(context, "rows.sql", "SELECT word AS text\nFROM data WHERE count > $least");
    expect(await catchFailure(run())).toMatchObject({
      code: "MISSING_KEY",
      message: "the parameter least is missing: rows.sql:2 uses $least",
      facts: { where: "with.query.parameters.least" },
    });
    expect(await catchFailure(run({ least: 1, most: 2 }))).toMatchObject({
      code: "UNKNOWN_KEY",
      facts: { where: "with.query.parameters.most", expected: "least" },
    });
    expect((await catchFailure(run({ least: ["a", 1] }))).code).toBe("WRONG_TYPE");
    expect((await catchFailure(run({ least: 1, Least: 1 }))).code).toBe("UNKNOWN_KEY");
  });
});

describe("the file", () => {
  test("DuckDB's message names it", async () => {
    put(context, "rows.sql", "SELECT nope AS text FROM data");
    expect((await catchFailure(run())).facts).toMatchObject({
      where: "rows.sql",
      got: expect.stringContaining("nope"),
    });
  });

  test("must exist, be of a query's size, and lie below the project directory, links included", async () => {
    expect(await catchFailure(run())).toMatchObject({
      code: "FILE_NOT_FOUND",
      facts: { where: "with.query.file", got: "rows.sql" },
    });
    put(context, "rows.sql", " ".repeat(2 ** 20 + 1));
    expect((await catchFailure(run())).code).toBe("FILE_TOO_LARGE");
    const outside = testContext();
    put(outside, "secret.sql", "SELECT 1");
    mkdirSync(path.join(context.workingDirectory, "sql"));
    symlinkSync(path.join(outside.workingDirectory, "secret.sql"), path.join(context.workingDirectory, "sql/link.sql"));
    const linked = catchFailure(runDataset(context, { source, query: { file: "sql/link.sql" } }));
    expect((await linked).code).toBe("PATH_TRAVERSAL");
    outside.remove();
  });

  test("serves tables as well", async () => {
    put(context, "rows.sql", "SELECT word, count * $factor AS many FROM data WHERE count > 1");
    const settings = fillSettings("table-model", {
      data: { ...source, query: { file: "rows.sql", parameters: { factor: 10 } } },
      target: "many",
      baseline: ["word"],
    });
    const table = await openTable(settings.data, "data", context);
    expect(table.columns).toEqual(["word", "many"]);
    for await (const chunk of table.chunks(["many"])) expect(chunk).toEqual([["30", "20"]]);
    await table.close();
  });
});

test("DuckDB's temporary files are in the store, and are removed when the table is closed", async () => {
  const before = process.env["TMPDIR"];
  process.env["TMPDIR"] = "/nowhere";
  try {
    const source = { file: "words.csv" };
    const table = await openTable({ ...source, format: "auto", query: "SELECT word FROM data" }, "data", context);
    const temporary = (): string[] => readdirSync(layout.temporary(context.home));
    expect(temporary()).toEqual([expect.stringMatching(/\.scratch$/)]);
    await table.close();
    expect(temporary()).toEqual([]);
  } finally {
    if (before === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = before;
  }
});

describe("a stage's key", () => {
  const keyOf = async (uses: "dataset" | "table-model", settings: object): Promise<string> =>
    stageKey(
      await stageIdentity(
        { uses, with: fillSettings(uses, settings), seed: 1 },
        { gpu: false, home: context.home, workingDirectory: context.workingDirectory },
      ),
    );
  const query = (file: string, least = 1) => ({ file, parameters: { least } });

  test.each([
    ["dataset", (file: string, least?: number) => ({ source, query: query(file, least) })],
    [
      "table-model",
      (file: string, least?: number) => ({
        data: { ...source, query: query(file, least) },
        target: "count",
        baseline: ["word"],
      }),
    ],
  ] as const)("of %s changes with the file that it uses, with no other, and with the parameters", async (uses, of) => {
    put(context, "rows.sql", "SELECT word AS text, count FROM data WHERE count > $least");
    put(context, "others.sql", "SELECT word AS text FROM data WHERE count < $least");
    const [rows, others] = [await keyOf(uses, of("rows.sql")), await keyOf(uses, of("others.sql"))];
    expect(rows).not.toBe(others);
    expect(await keyOf(uses, of("rows.sql", 2))).not.toBe(rows);
    writeFileSync(
      path.join(context.workingDirectory, "rows.sql"),
      "SELECT word AS text, count FROM data WHERE $least > 0",
    );
    expect(await keyOf(uses, of("rows.sql"))).not.toBe(rows);
    expect(await keyOf(uses, of("others.sql"))).toBe(others);
  });

  test("still changes with the data", async () => {
    put(context, "rows.sql", "SELECT word AS text FROM data");
    const settings = { source, query: { file: "rows.sql" } };
    const before = await keyOf("dataset", settings);
    put(context, "words.csv", "word,count\nmast,3\n");
    expect(await keyOf("dataset", settings)).not.toBe(before);
  });
});

describe("two columns of one name are refused", () => {
  test.each([
    ["SELECT word AS text, count AS text FROM data", "text"],
    ["SELECT word AS text, count AS Text FROM data", "Text"],
    ["SELECT word AS text, a.*, b.* FROM data AS a JOIN data AS b USING (word)", "word"],
  ])("%s", async (sql, name) => {
    put(context, "rows.sql", sql);
    expect(await catchFailure(run())).toMatchObject({
      code: "QUERY_INVALID",
      message: `the query returns two columns ${name}`,
      facts: { where: "rows.sql", got: expect.stringContaining(name) as string },
    });
  });

  test("in tables as well", async () => {
    const sql = "SELECT count, word AS Count FROM data";
    const failure = await catchFailure(openTable({ ...source, format: "auto", query: sql }, "with.edges", context));
    expect(failure).toMatchObject({ code: "QUERY_INVALID", facts: { where: "with.edges.query", got: "count, Count" } });
  });
});

/** A program that prints values, as text; a process has one time zone for its life. */
const printTimes = (values: readonly string[]): string => `
  import { Table } from ${JSON.stringify(path.join(import.meta.dirname, "../../../activities/dataset/tables/table.ts"))};
  const signal = new AbortController().signal;
  const options = { queryKey: "query", seed: 1, home: ".pawl", source: "words.csv", log: () => undefined, signal };
  async function print(sql) {
    const query = { sql, variables: {}, where: "query" };
    const table = await Table.open([{ name: "words.csv", path: "words.csv" }], "csv", { ...options, query });
    const [column] = await table.columns(sql);
    for await (const row of table.rows(sql, [column!.name])) process.stdout.write(row[0] + "\\n");
    await table.close();
  }
  async function main() {
    for (const value of ${JSON.stringify(values)}) await print("SELECT " + value + " AS text FROM data LIMIT 1");
  }
  void main();
`;

/**
 * Functions that give tables or are not constant, and that follow their arguments, the seed or the
 * query alone.
 */
const harmless = [
  "current_database",
  "current_schema",
  "current_schemas",
  "currval",
  "error",
  "gen_random_uuid",
  "generate_series",
  "icu_calendar_names",
  "in_search_path",
  "json_each",
  "json_tree",
  "nextval",
  "random",
  "range",
  "repeat",
  "repeat_row",
  "seq_scan",
  "setseed",
  "summary",
  "test_all_types",
  "test_vector_types",
  "unnest",
  "uuid",
  "uuidv4",
];

describe("a query gives the same rows whenever and wherever it runs", () => {
  const refused = (sql: string) => {
    put(context, "rows.sql", sql);
    return catchFailure(run());
  };
  test.each([
    ["SELECT now()::VARCHAR AS text FROM data", "now"],
    ["SELECT Now()::VARCHAR AS text FROM data", "now"],
    ["SELECT word AS text FROM data WHERE current_date > DATE '2020-01-01'", "current_date"],
    ["SELECT word AS text FROM data WHERE (SELECT CURRENT_TIMESTAMP) IS NOT NULL", "current_timestamp"],
    ["WITH day AS (SELECT today() AS d) SELECT d::VARCHAR AS text FROM day, data", "today"],
    ["SELECT localtime::VARCHAR AS text FROM data", "localtime"],
    ["SELECT current_localtimestamp()::VARCHAR AS text FROM data", "current_localtimestamp"],
    ["SELECT age(TIMESTAMP '2020-01-01')::VARCHAR AS text FROM data", "now"],
    ["SELECT ago(INTERVAL 1 DAY)::VARCHAR AS text FROM data", "ago"],
    ["SELECT uuidv7()::VARCHAR AS text FROM data", "uuidv7"],
    ["SELECT word AS text FROM data ORDER BY list_transform([1], x -> now())", "now"],
    ["SELECT word AS text FROM data QUALIFY row_number() OVER (ORDER BY now()) = 1", "now"],
    ["SELECT current_setting('threads')::VARCHAR AS text FROM data", "current_setting"],
    ["SELECT name AS text FROM duckdb_settings()", "duckdb_settings"],
    ["SELECT enumlabel AS text FROM pg_catalog.pg_enum", "pg_enum"],
    ["SELECT sql AS text FROM sqlite_master", "sqlite_master"],
    ["SELECT view_definition AS text FROM Information_Schema.views", "information_schema"],
    ["SELECT current_query() AS text FROM data", "current_query"],
    ["SELECT word AS text FROM data, which_secret('a', 'b')", "which_secret"],
    ["SELECT 'a' AS text FROM enable_logging()", "enable_logging"],
    ["FROM query('SELECT now()::VARCHAR AS text')", "query"],
    ["SELECT text FROM main.Query('SELECT now()::VARCHAR AS text')", "query"],
    ["SELECT database_name AS text FROM query_table('duckdb_databases')", "query_table"],
    [
      "SELECT text::VARCHAR AS text FROM json_execute_serialized_sql(json_serialize_sql('SELECT now() AS text'))",
      "json_execute_serialized_sql",
    ],
    ["SELECT json_serialize_plan('FROM data')::VARCHAR AS text FROM data", "json_serialize_plan"],
  ])("%s is refused", async (sql, got) => {
    const error = await refused(sql);
    expect(error).toMatchObject({ code: "QUERY_INVALID", facts: { where: "rows.sql", got } });
    expect(error.message).toMatch(
      /^\w+ depends on (the clock|this process or machine|SQL given as text, which is not checked)$/,
    );
  });

  // DuckDB itself lets a query read the files that its data stand in.
  test.each(["read_text", "read_blob", "glob", "sniff_csv", "read_csv"])(
    "%s of the data's own file is refused",
    async (name) => {
      const [file] = [path.join(context.workingDirectory, "words.csv")];
      put(context, "rows.sql", `SELECT 'a' AS text FROM ${name}('${file}')`);
      expect(await catchFailure(run())).toMatchObject({
        code: "QUERY_INVALID",
        message: `${name} depends on files named by their paths on this machine`,
        facts: { got: name, next: "name the files in source, and read them as the table data" },
      });
    },
  );

  test("no function of DuckDB that reads, writes or runs anything beside its arguments is left out", async () => {
    const { DuckDBInstance } = await import("@duckdb/node-api");
    const instance = await DuckDBInstance.create(":memory:");
    const connection = await instance.connect();
    const read = await connection.runAndReadAll(
      "SELECT DISTINCT function_name FROM duckdb_functions() WHERE function_type = 'table' OR stability <> 'CONSISTENT' ORDER BY 1",
    );
    const allowed = read
      .getRows()
      .map(([name]) => String(name))
      .filter((name) => !isUnrepeatableFunction(name));
    connection.closeSync();
    instance.closeSync();
    expect(allowed).toEqual(harmless);
  });

  test("what follows the seed, what is only called so, and what an argument makes a difference of are allowed", async () => {
    const sql = [
      "SELECT t.now || uuid()::VARCHAR || random()::VARCHAR || age(TIMESTAMP '2020-01-02', TIMESTAMP '2020-01-01') AS text",
      "FROM (SELECT word AS now, 'now()' AS quoted FROM data USING SAMPLE 2) AS t -- now()",
    ].join("\n");
    const first = await texts(sql);
    expect(first).toHaveLength(2);
    expect(await texts(sql)).toEqual(first);
  });

  test("a column may be called like a keyword of the clock", async () => {
    put(context, "words.csv", "current_date,count\n2020-01-01,3\n");
    expect(await texts("SELECT current_date::VARCHAR AS text FROM data")).toEqual(["2020-01-01"]);
  });

  test.each(["America/New_York", "Asia/Kolkata"])("times have the zone UTC where the machine has %s", (zone) => {
    const runner = path.join(import.meta.dirname, "../../../scripts/typescript.cjs");
    const program = path.join(context.workingDirectory, "print-time.ts");
    const options = { env: { ...process.env, TZ: zone }, cwd: context.workingDirectory, encoding: "utf8" as const };
    const time = "TIMESTAMPTZ '2020-07-01 00:00:00'";
    const printed = new Map([
      [`${time}::VARCHAR`, "2020-07-01 00:00:00+00"],
      [time, "2020-07-01 00:00:00+00"],
      [`[${time}]`, "2020-07-01 00:00:00+00"],
      ["TIMETZ '12:00:00'", "12:00:00+00"],
      ["TIMETZ '12:00:00+05:30'", "12:00:00+05:30"],
    ]);
    put(context, "print-time.ts", printTimes([...printed.keys()]));
    const lines = execFileSync(process.execPath, [runner, program], options).split("\n");
    expect(lines).toEqual([...printed.values(), ""]);
  });
});
