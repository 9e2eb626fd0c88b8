import { DuckDBInstance } from "@duckdb/node-api";
import { testContext, type TestContext } from "../../support/stage-context.js";
import { catchFailure, jsonLines, put, runDataset } from "../../support/datasets.js";

// Nothing here depends on time; a busy machine must not fail it.

let context: TestContext;
beforeEach(() => {
  context = testContext();
});
afterEach(() => context.remove());

const read = async (rows: object[], settings: object = {}) => {
  put(context, "a.jsonl", jsonLines(rows));
  return runDataset(context, { source: { file: "a.jsonl" }, ...settings });
};
const user = (content: unknown) => ({ role: "user", content });
const assistant = (content: unknown) => ({ role: "assistant", content });
const system = (content: unknown) => ({ role: "system", content });
const human = (value: unknown) => ({ from: "human", value });
const gpt = (value: unknown) => ({ from: "gpt", value });

test.each([
  ["messages", { messages: [user("why?"), assistant("so")], prompt: "why?", source: "hub" }],
  ["ShareGPT's form", { id: 7, conversations: [human("why?"), gpt("so")] }],
  [
    "with other fields",
    {
      messages: [
        { ...user("why?"), id: 1, tool: null },
        { ...assistant("so"), id: 2 },
      ],
    },
  ],
])("conversations are instructions: %s", async (_, row) => {
  expect((await read([row])).train).toEqual([{ instruction: "why?", response: "so" }]);
});

test("Parquet, where the fields come in another order and lists may be missing", async () => {
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  const talk = (q: string, a: string) =>
    `[{'content': '${q}', 'role': 'user'}, {'content': '${a}', 'role': 'assistant'}]`;
  const rows = `SELECT ${talk("why?", "so")} AS messages, 1 AS id UNION ALL SELECT NULL, 2 UNION ALL SELECT ${talk("who?", "me")}, 3`;
  await connection.run(`COPY (${rows}) TO '${context.workingDirectory}/a.parquet' (FORMAT parquet)`);
  connection.closeSync();
  const { train, metrics } = await runDataset(context, { source: { file: "a.parquet" } });
  expect(train).toEqual([
    { instruction: "why?", response: "so" },
    { instruction: "who?", response: "me" },
  ]);
  expect(metrics).toMatchObject({ droppedMissing: 1 });
});

test("a column of another name, with its task; a query that gives one", async () => {
  const rows = [{ talk: [user("1+1"), assistant("2")], kind: "sum" }];
  const row = { instruction: "1+1", response: "2", task: "sum" };
  expect((await read(rows, { columns: { messages: "talk", task: "kind" } })).train).toEqual([row]);
  const query = "SELECT talk AS messages, kind AS task FROM data";
  expect((await read(rows, { query })).train).toEqual([row]);
});

test("a system message stands before the question; what follows the first answer is left out and counted", async () => {
  const { train, metrics } = await read([
    { messages: [system("Be brief."), user("why?"), assistant("so")] },
    { messages: [user("who?"), assistant("me"), user("really?"), assistant("yes")] },
    { messages: [system(" "), user("where?"), assistant("here")] },
  ]);
  expect(train).toEqual([
    { instruction: "Be brief.\n\nwhy?", response: "so" },
    { instruction: "who?", response: "me" },
    { instruction: "where?", response: "here" },
  ]);
  expect(metrics).toMatchObject({ trainRows: 3, cutTurns: 1, droppedTurns: 0 });
});

test("each unusable conversation is counted under its reason", async () => {
  const { train, metrics } = await read([
    { messages: [user("why?"), assistant("so")] },
    { messages: [assistant("hello"), user("why?")] },
    { messages: [user("why?"), { role: "tool", content: "7" }] },
    { messages: [user("why?")] },
    { messages: [system("Be brief.")] },
    { messages: [system("Be brief."), user("why?")] },
    { messages: [] },
    { messages: null },
    { messages: [user("why?"), assistant(null)] },
    { messages: [user("why?"), assistant(" ")] },
  ]);
  expect(train).toHaveLength(1);
  expect(metrics).toMatchObject({ droppedTurns: 5, droppedMissing: 3, droppedEmpty: 1, cutTurns: 0 });
});

const part = (text: string) => ({ type: "text", text });
const image = { type: "image_url", image_url: { url: "a.png" } };
/** Conversations whose messages are text, parts, numbers, and what is no text. */
const inParts = [
  { messages: [user([part("why?")]), assistant("so")] },
  { messages: [user([part("one"), part("two")]), assistant([part('"so"')])] },
  { messages: [user([part("what?"), image]), assistant("a cat")] },
  { messages: [user({ deep: "why?" }), assistant("so")] },
  { messages: [user([]), assistant("so")] },
  { messages: [user('say "x"'), assistant('["x"]')] },
];
const read6 = [
  { instruction: "why?", response: "so" },
  { instruction: "one\ntwo", response: '"so"' },
  { instruction: 'say "x"', response: '["x"]' },
];
const counted6 = { trainRows: 3, droppedMissing: 2, droppedEmpty: 1 };

test.each([
  ["as they are written", {}],
  ["through a query", { query: "SELECT * FROM data" }],
  ["through a query of what is written", { query: "SELECT messages FROM written -- all; of them" }],
])("parts of text are joined, messages of anything else are counted: %s", async (_, settings) => {
  const { train, metrics } = await read(inParts, settings);
  expect(train).toEqual(read6);
  expect(metrics).toMatchObject(counted6);
});

test.each([{}, { query: "SELECT messages FROM data" }])("messages that are all in parts: %j", async (settings) => {
  const rows = [{ messages: [user([part("why?")]), assistant([part("so")])] }];
  expect((await read(rows, settings)).train).toEqual([{ instruction: "why?", response: "so" }]);
});

test.each([{}, { query: "FROM data" }])("Parquet with parts, as structures and as JSON: %j", async (settings) => {
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  put(context, "a.jsonl", jsonLines(inParts));
  const rows = `SELECT * FROM read_json('${context.workingDirectory}/a.jsonl')`;
  await connection.run(`COPY (${rows}) TO '${context.workingDirectory}/json.parquet' (FORMAT parquet)`);
  const talk = `[{role: 'user', content: [{type: 'text', text: 'why?'}, {type: 'text', text: 'now'}]},
                 {role: 'assistant', content: [{type: 'text', text: 'so'}]}]`;
  const images = `[{role: 'user', content: [{type: 'image', text: NULL}]}, {role: 'assistant', content: [{type: 'text', text: 'so'}]}]`;
  const structures = `SELECT ${talk} AS messages UNION ALL SELECT ${images}`;
  await connection.run(`COPY (${structures}) TO '${context.workingDirectory}/structures.parquet' (FORMAT parquet)`);
  connection.closeSync();
  const json = await runDataset(context, { source: { file: "json.parquet" }, ...settings });
  expect(json.train).toEqual(read6);
  expect(json.metrics).toMatchObject(counted6);
  const read = await runDataset(context, { source: { file: "structures.parquet" }, ...settings });
  expect(read.train).toEqual([{ instruction: "why?\nnow", response: "so" }]);
  expect(read.metrics).toMatchObject({ droppedMissing: 1 });
});

test.each([
  ["numbers alone", ["1.10", "2.50"]],
  ["numbers and text", ["1.10", '"one"']],
  ["whole numbers beyond a double", ["12345678901234567890", "98765432109876543210987"]],
  ["parts beside numbers", ["1.10", '[{"type":"text","text":"one"}]']],
])("numbers in messages stay as they are written: %s", async (_, [question, answer]) => {
  const talk = `{"messages":[{"role":"user","content":${question}},{"role":"assistant","content":${answer}}]}\n`;
  put(context, "a.jsonl", talk);
  const { train } = await runDataset(context, { source: { file: "a.jsonl" } });
  const response = answer!.includes("one") ? "one" : answer;
  expect(train).toEqual([{ instruction: question, response }]);
});

test("role and content of something inside a message make no conversation", async () => {
  const rows = [{ messages: [{ role: "user", inner: { content: "why?" } }], text: "t" }];
  expect((await read(rows)).train).toEqual([{ text: "t" }]);
});

test("preferences whose answers are in parts", async () => {
  const row = {
    prompt: [user([part("why?")])],
    chosen: [assistant([part("so")])],
    rejected: [assistant("no")],
  };
  const list = { ...row, rejected: [assistant([image])] };
  const { train, metrics } = await read([row, list]);
  expect(train).toEqual([{ prompt: "why?", chosen: "so", rejected: "no" }]);
  expect(metrics).toMatchObject({ droppedMissing: 1 });
});

test("instructions, preferences and named columns come before conversations", async () => {
  const messages = [user("why?"), assistant("so")];
  expect((await read([{ messages, instruction: "a", response: "b" }])).train).toEqual([
    { instruction: "a", response: "b" },
  ]);
  expect((await read([{ messages, text: "t" }], { columns: { text: "text" } })).train).toEqual([{ text: "t" }]);
});

test.each([
  [{ messages: "words" }, "DATA_INVALID", "does not hold conversations"],
  [{ messages: "none" }, "DATA_INVALID", "no column none"],
  [{ messages: "talk", instruction: "words" }, "NOT_ALLOWED", "a conversation, or an instruction"],
  [{ messages: "talk", chosen: "words" }, "NOT_ALLOWED", "rows of one kind"],
])("columns %j are refused", async (columns, code, words) => {
  const failure = await catchFailure(read([{ talk: [user("a"), assistant("b")], words: "w" }], { columns }));
  expect(failure).toMatchObject({ code, message: expect.stringContaining(words) });
});

test("preferences in ShareGPT's form", async () => {
  const row = { chosen: [human("why?"), gpt("so")], rejected: [human("why?"), gpt("no")] };
  expect((await read([row])).train).toEqual([{ prompt: "why?", chosen: "so", rejected: "no" }]);
});

test("all answers to a question are on one side", async () => {
  const rows = Array.from({ length: 400 }, (_, i) => ({
    instruction: `q${i % 100}`,
    response: `${i}`,
    task: `${i % 3}`,
  }));
  const { train, heldOut } = await read(rows, { heldOut: 0.3 });
  const questions = (side: object[]) => new Set(side.map((row) => (row as { instruction: string }).instruction));
  expect(questions(train).size + questions(heldOut).size).toBe(100);
  expect(questions(heldOut).size).toBeGreaterThan(10);
  expect(train.length + heldOut.length).toBe(400);
});
