import path from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { testContext, type TestContext } from "../../support/stage-context.js";
import { catchFailure, put } from "../../support/datasets.js";
import { readTableColumns, featurize } from "./support.js";

// Nothing here depends on time; a busy machine must not fail it.

let context: TestContext;
beforeEach(() => void (context = testContext()));
afterEach(() => context.remove());

const accounts = "id,age,city\na,30,Bern\nb,,Rome\nc,41,\n";
const followers = "follower,followed\na,b\nb,a\na,c\n";
const files = { nodes: { file: "accounts.csv" }, edges: { file: "followers.csv" } };
const degree = { ...files, features: ["degree"] };

function given(accountRows: string | Uint8Array = accounts, followerRows: string | Uint8Array = followers): void {
  put(context, "accounts.csv", accountRows);
  put(context, "followers.csv", followerRows);
}

test("features stand beside the accounts' columns, in Parquet and CSV", async () => {
  given();
  const { csv, metrics, outputs, read } = await featurize(context, degree);
  expect(csv).toBe("id,age,city,in_degree,out_degree,degree\na,30,Bern,1,2,3\nb,,Rome,1,1,2\nc,41,,1,0,1\n");
  expect(metrics).toMatchObject({ nodes: 3, edges: 3, features: 3, unknownNodes: 0, selfLoops: 0, duplicates: 0 });
  expect(await readTableColumns(context, outputs.features)).toMatchObject({
    id: ["a", "b", "c"],
    age: ["30", undefined, "41"],
  });
  expect(JSON.parse(read("table.json").toString())).toMatchObject({
    file: "features.parquet",
    rows: 3,
    columns: expect.arrayContaining([{ name: "age", type: "integer" }]),
  });
});

test("edges that occur several times without weights count once, and the log says so", async () => {
  const once = "edges that occur several times count once, because they have no weights";
  given(accounts, "follower,followed,n\na,b,1\na,b,1\na,c,1\n");
  const { metrics } = await featurize(context, degree);
  expect(metrics).toMatchObject({ edges: 2, duplicates: 1 });
  expect(context.logged.join("\n")).toContain(once);
  context.logged.length = 0;
  await featurize(context, { ...degree, columns: { weight: "n" } });
  given();
  await featurize(context, degree);
  expect(context.logged.join("\n")).not.toContain(once);
});

test("the same tables give the same bytes", async () => {
  given();
  const first = await featurize(context, degree);
  const second = await featurize(context, degree);
  expect(second.outputs).toEqual(first.outputs);
});

const asJson = (rows: object[]) => JSON.stringify(rows);
const asLines = (rows: object[]) => rows.map((row) => JSON.stringify(row) + "\n").join("");
const people = [{ user: 7 }, { user: 8 }, { user: 9 }];
const links = [
  { from: 7, to: 8, w: 0.5 },
  { from: 9, to: 8, w: 2 },
];
const columns = { node: "user", source: "from", target: "to", weight: "w" };
const degrees = "user,in_degree,out_degree,degree\n7,0,1,1\n8,2,0,2\n9,0,1,1\n";

test.each([
  ["json", asJson],
  ["jsonl", asLines],
])("tables in %s, with columns of other names and integer ids", async (format, write) => {
  put(context, `people.${format}`, write(people));
  put(context, `links.${format}`, write(links));
  const sources = { nodes: { file: `people.${format}` }, edges: { file: `links.${format}` } };
  const { csv } = await featurize(context, { ...sources, columns, features: ["degree"] });
  expect(csv).toBe(degrees);
});

test("a Parquet table, and a query that makes columns", async () => {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const file = path.join(context.workingDirectory, "people.parquet");
  await connection.run(`COPY (SELECT unnest([7, 8, 9])::INTEGER AS key) TO '${file}' (FORMAT parquet)`);
  connection.closeSync();
  put(context, "links.csv", "x;y\n7;8\n9;8\n");
  const { csv } = await featurize(context, {
    nodes: { file: "people.parquet", query: "SELECT key AS user FROM data" },
    edges: { file: "links.csv", query: 'SELECT x AS "from", y AS "to" FROM data' },
    columns: { node: "user", source: "from", target: "to" },
    features: ["degree"],
  });
  expect(csv).toBe(degrees);
});

test("an id is text unless all are whole numbers as they are printed", async () => {
  given("id\n007\n8\n", "follower,followed\n007,8\n");
  expect((await featurize(context, degree)).csv).toBe("id,in_degree,out_degree,degree\n007,0,1,1\n8,1,0,1\n");
});

test("a delimiter that is not found by itself can be named", async () => {
  given("id^age\na^1\nb^2\n", "follower,followed\na,b\n");
  const failure = await catchFailure(featurize(context, degree));
  expect(failure).toMatchObject({ code: "DATA_INVALID", facts: { got: "columns id^age" } });
  expect(failure.facts.next).toContain('delimiter: "^"');
  const named = { ...degree, nodes: { file: "accounts.csv", delimiter: "^" } };
  expect((await featurize(context, named)).csv).toContain("\na,1,0,1,1\n");
});

describe("accounts that only edges name", () => {
  const strange = "follower,followed\na,b\nx,a\nx,y\nb,x\n";
  test("are refused, with the first and their number", async () => {
    given(accounts, strange);
    expect(await catchFailure(featurize(context, degree))).toMatchObject({
      code: "DATA_INVALID",
      facts: { where: "file followers.csv, row 2", got: "x, and 1 more such nodes in 3 edges" },
    });
  });
  test("are dropped and counted", async () => {
    given(accounts, strange);
    const { metrics } = await featurize(context, { ...degree, unknownNodes: "drop" });
    expect(metrics).toMatchObject({ nodes: 3, edges: 1, unknownNodes: 2, unknownEdges: 3 });
  });
  test("are added, without attributes", async () => {
    given(accounts, strange);
    const { metrics, csv } = await featurize(context, { ...degree, unknownNodes: "add" });
    expect(metrics).toMatchObject({ nodes: 5, edges: 4, unknownNodes: 2, unknownEdges: 0 });
    expect(csv).toContain("\nx,,,1,2,3\ny,,,1,0,1\n");
  });
});

test("edges that are there twice are merged, self-loops dropped or kept, all counted", async () => {
  given(accounts, "follower,followed\na,b\na,b\nc,c\nb,a\n");
  expect((await featurize(context, degree)).metrics).toMatchObject({ edges: 2, duplicates: 1, selfLoops: 1 });
  const kept = await featurize(context, { ...degree, selfLoops: "keep" });
  expect(kept.metrics).toMatchObject({ edges: 3, duplicates: 1, selfLoops: 1 });
  const undirected = await featurize(context, { ...degree, directed: false });
  expect(undirected.metrics).toMatchObject({ edges: 1, duplicates: 2 });
});

test("100,000 self-loops are no burden", async () => {
  given(accounts, "follower,followed\n" + "a,a\n".repeat(100_000) + "a,b\n");
  const { metrics } = await featurize(context, degree);
  expect(metrics).toMatchObject({ edges: 1, selfLoops: 100_000 });
});

test("a table of followers without rows is a graph without edges", async () => {
  given(accounts, "follower,followed\n");
  expect((await featurize(context, degree)).csv).toContain("\na,30,Bern,0,0,0\n");
});

const weighted = { ...degree, columns: { weight: "weight" } };
const utf16 = Buffer.from("\uFEFFid,age\na,1\nb,2\nc,3\n", "utf16le");
test.each([
  ["no accounts", "id,age\n", followers, degree, "DATA_EMPTY", /with\.nodes/],
  ["no file", undefined, followers, { ...degree, nodes: { file: "x.csv" } }, "DATA_MISSING", /^with\.nodes\.file$/],
  ["an account without id", "id,age\na,1\n,2\n", followers, degree, "DATA_INVALID", /accounts\.csv, row 2/],
  ["an id that is there twice", "id\na\nb\na\n", followers, degree, "DATA_INVALID", /rows 1 and 3/],
  ["an edge without an end", accounts, "follower,followed\na,\n", degree, "DATA_INVALID", /followers\.csv, row 1/],
  ["no such column", accounts, "from,to\na,b\n", degree, "DATA_INVALID", /with\.columns\.source/],
  ["a negative weight", accounts, "follower,followed,weight\na,b,1\na,c,-2\n", weighted, "DATA_INVALID", /row 2/],
  ["a weight NaN", accounts, "follower,followed,weight\na,b,NaN\n", weighted, "DATA_INVALID", /row 1, column weight/],
  ["no weight", accounts, "follower,followed,weight\na,b,\n", weighted, "DATA_INVALID", /row 1/],
  [
    "LATIN1",
    Buffer.from("id,city\na,Zürich\nb,x\nc,y\n", "latin1"),
    followers,
    degree,
    "DATA_INVALID",
    /accounts\.csv/,
  ],
  ["UTF-16", utf16, followers, degree, "DATA_INVALID", /accounts/],
  [
    "a query that fails",
    accounts,
    followers,
    { ...degree, edges: { file: "followers.csv", query: "SELECT nope" } },
    "QUERY_INVALID",
    /^with\.edges\.query$/,
  ],
])("refused, coded and located: %s", async (_, accountRows, followerRows, settings, code, where) => {
  given(accountRows, followerRows);
  const failure = await catchFailure(featurize(context, settings));
  expect(failure.code).toBe(code);
  expect(failure.facts.where).toMatch(where);
  expect([failure.facts.expected, failure.facts.got]).not.toContain(undefined);
});

describe("weights", () => {
  const weighted = (rows: string) => {
    given(accounts, `follower,followed,w\n${rows}`);
    return { ...files, columns: { weight: "w" } };
  };
  test.each(["0x10", "1_000", "", "-1", "Infinity", "1e999", "007", "one", "0b1"])(
    "%j is refused, with its row",
    async (weight) => {
      const settings = { ...weighted(`a,b,2.50\nb,a,${weight}\n`), features: ["strength"] };
      expect(await catchFailure(featurize(context, settings))).toMatchObject({
        code: "DATA_INVALID",
        facts: { where: "file followers.csv, row 2, column w" },
      });
    },
  );
  test("a decimal, with a sign or an exponent, is taken", async () => {
    const settings = { ...weighted("a,b,2.50\nb,c,+1e-1\nc,a,.5\n"), features: ["strength"] };
    expect((await featurize(context, settings)).csv).toContain("\na,30,Bern,0.5,2.5,3.0\n");
  });
  test("one of 0 where shortest paths are counted is refused with its row; a sum above 0 is not", async () => {
    const paths = { features: ["betweenness", "closeness"], paths: "weights" };
    const zero = { ...weighted("a,b,1\nx,a,0\nb,c,0\n"), ...paths, unknownNodes: "drop" };
    expect(await catchFailure(featurize(context, zero))).toMatchObject({
      code: "DATA_INVALID",
      facts: { where: "file followers.csv, row 3, column w", got: "0" },
    });
    const summed = { ...weighted("a,b,1\nb,c,0\nb,c,2\n"), ...paths };
    expect((await featurize(context, summed)).metrics).toMatchObject({ edges: 2, duplicates: 1 });
    expect((await featurize(context, { ...zero, features: ["closeness"] })).metrics).toMatchObject({ edges: 2 });
  });
});
