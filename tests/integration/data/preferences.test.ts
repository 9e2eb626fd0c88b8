import { readPreferences } from "../../../formats/dataset.js";
import { testContext, type TestContext } from "../../support/stage-context.js";
import { catchFailure, jsonLines, put, runDataset } from "../../support/datasets.js";

// Nothing here depends on time; a busy machine must not fail it.

let context: TestContext;
beforeEach(() => {
  context = testContext();
});
afterEach(() => context.remove());

const user = (content: string) => ({ role: "user", content });
const assistant = (content: string) => ({ role: "assistant", content });

describe("preferences", () => {
  test("JSON lines with prompt, chosen and rejected; the margin where there is one", async () => {
    const rows = [
      { prompt: "1+1?", chosen: "2", rejected: "3", margin: 0.5 },
      { prompt: "2+2?", chosen: "4", rejected: "5" },
    ];
    put(context, "a.jsonl", jsonLines(rows.map((row) => ({ id: 7, ...row }))));
    const { train, metrics, outputs } = await runDataset(context, { source: { file: "a.jsonl" } });
    expect(train).toEqual(rows);
    expect(metrics).toMatchObject({ trainRows: 2, bytes: 12, droppedMissing: 0 });
    const read = [];
    for await (const row of readPreferences(await context.openArtifact(outputs.train))) read.push(row);
    expect(read).toEqual(rows);
  });

  test("columns of other names; a query", async () => {
    put(context, "a.csv", "q,good,bad,by\nwhy?,so,no,2\nwho?,me,you,0\n");
    const columns = { prompt: "q", chosen: "good", rejected: "bad", margin: "by" };
    const { train } = await runDataset(context, { source: { file: "a.csv" }, columns });
    expect(train).toEqual([
      { prompt: "why?", chosen: "so", rejected: "no", margin: 2 },
      { prompt: "who?", chosen: "me", rejected: "you", margin: 0 },
    ]);
    const query = 'SELECT q AS prompt, good AS chosen, bad AS rejected FROM data WHERE "by" > 1';
    expect((await runDataset(context, { source: { file: "a.csv" }, query })).train).toHaveLength(1);
  });

  test.each([
    [
      "the prompt as its own list",
      { prompt: [user("2020-01-01")], chosen: [assistant("007")], rejected: [assistant("8")] },
    ],
    [
      "the prompt inside",
      { chosen: [user("2020-01-01"), assistant("007")], rejected: [user("2020-01-01"), assistant("8")] },
    ],
    [
      "the prompt inside and as text",
      {
        prompt: "2020-01-01",
        chosen: [user("2020-01-01"), assistant("007")],
        rejected: [user("2020-01-01"), { ...assistant("8"), id: 4 }],
      },
    ],
  ])("conversations of one turn: %s", async (_, row) => {
    put(context, "a.jsonl", jsonLines([row]));
    const one = { prompt: "2020-01-01", chosen: "007", rejected: "8" };
    expect((await runDataset(context, { source: { file: "a.jsonl" } })).train).toEqual([one]);
    const query = "SELECT * FROM data";
    expect((await runDataset(context, { source: { file: "a.jsonl" }, query })).train).toEqual([one]);
  });

  test("each unusable row is counted under its reason", async () => {
    const good = { prompt: "p", chosen: "yes", rejected: "no" };
    put(
      context,
      "a.jsonl",
      jsonLines([good, { prompt: "p", chosen: "yes" }, { ...good, rejected: " " }, { ...good, rejected: "yes\n" }]),
    );
    const { train, metrics } = await runDataset(context, { source: { file: "a.jsonl" } });
    expect(train).toEqual([good]);
    expect(metrics).toMatchObject({ droppedMissing: 1, droppedEmpty: 1, droppedIdentical: 1, droppedTurns: 0 });
  });

  test("conversations that are no question with one answer each are counted", async () => {
    const good = { chosen: [user("p"), assistant("yes")], rejected: [user("p"), assistant("no")] };
    const rows = [
      good,
      { ...good, rejected: [user("another"), assistant("no")] },
      { ...good, chosen: [user("p"), assistant("yes"), user("and?"), assistant("yes")] },
      { ...good, chosen: [{ role: "system", content: "be kind" }, user("p"), assistant("yes")] },
      { ...good, chosen: [user("p")] },
      { ...good, chosen: [] },
      { ...good, chosen: [user("p"), { role: "assistant", content: null }] },
    ];
    put(context, "a.jsonl", jsonLines(rows));
    const { train, metrics } = await runDataset(context, { source: { file: "a.jsonl" } });
    expect(train).toEqual([{ prompt: "p", chosen: "yes", rejected: "no" }]);
    expect(metrics).toMatchObject({ droppedTurns: 3, droppedMissing: 3 });
  });

  test("all rows about a prompt are on one side", async () => {
    const rows = Array.from({ length: 400 }, (_, i) => ({ prompt: `p${i % 100}`, chosen: `${i}`, rejected: "no" }));
    put(context, "a.jsonl", jsonLines(rows));
    const { train, heldOut } = await runDataset(context, { source: { file: "a.jsonl" }, heldOut: 0.3 });
    const prompts = (side: object[]) => new Set(side.map((row) => (row as { prompt: string }).prompt));
    expect(prompts(train).size + prompts(heldOut).size).toBe(100);
    expect(prompts(heldOut).size).toBeGreaterThan(10);
  });

  test.each([
    ["the prompt is missing", [{ chosen: "a", rejected: "b" }], {}, "no column prompt"],
    ["a column that is not there", [{ chosen: "a", rejected: "b" }], { prompt: "q" }, "no column q"],
    ["a list that is no conversation", [{ prompt: "p", chosen: [1], rejected: [2] }], {}, "does not hold plain values"],
    ["a negative margin", [{ prompt: "p", chosen: "a", rejected: "b", margin: -1 }], {}, "margin"],
    ["a margin that is no number", [{ prompt: "p", chosen: "a", rejected: "b", margin: "much" }], {}, "margin"],
  ])("%s: DATA_INVALID", async (_, rows, columns, words) => {
    put(context, "a.jsonl", jsonLines(rows));
    const failure = await catchFailure(runDataset(context, { source: { file: "a.jsonl" }, columns }));
    expect(failure).toMatchObject({ code: "DATA_INVALID", message: expect.stringContaining(words) });
    expect(failure.facts.where).toMatch(/^with\.columns/);
  });

  test("only unusable rows: DATA_EMPTY says why each was dropped", async () => {
    put(context, "a.jsonl", jsonLines([{ prompt: "p", chosen: "a", rejected: "a" }]));
    const failure = await catchFailure(runDataset(context, { source: { file: "a.jsonl" } }));
    expect(failure).toMatchObject({ code: "DATA_EMPTY", facts: { got: "0 rows held out, droppedIdentical: 1" } });
  });

  test("columns of two kinds are refused", async () => {
    put(context, "a.jsonl", jsonLines([{ prompt: "p", chosen: "a", rejected: "b" }]));
    const settings = { source: { file: "a.jsonl" }, columns: { instruction: "prompt", chosen: "chosen" } };
    expect(await catchFailure(runDataset(context, settings))).toMatchObject({ code: "NOT_ALLOWED" });
  });
});

describe("task of an instruction", () => {
  test("is found by itself, or named; a row may lack it", async () => {
    put(
      context,
      "a.jsonl",
      jsonLines([
        { instruction: "1+1", response: "2", task: "sum", kind: "x" },
        { instruction: "2+2", response: "4", task: null, kind: "y" },
      ]),
    );
    const found = await runDataset(context, { source: { file: "a.jsonl" } });
    expect(found.train).toEqual([
      { instruction: "1+1", response: "2", task: "sum" },
      { instruction: "2+2", response: "4" },
    ]);
    const named = await runDataset(context, { source: { file: "a.jsonl" }, columns: { task: "kind" } });
    expect(named.train).toMatchObject([{ task: "x" }, { task: "y" }]);
  });

  test("a column task that holds lists is left alone, unless it is named", async () => {
    put(context, "a.jsonl", jsonLines([{ instruction: "1+1", response: "2", task: ["sum"] }]));
    const { train } = await runDataset(context, { source: { file: "a.jsonl" } });
    expect(train).toEqual([{ instruction: "1+1", response: "2" }]);
    const named = runDataset(context, { source: { file: "a.jsonl" }, columns: { task: "task" } });
    expect((await catchFailure(named)).code).toBe("DATA_INVALID");
  });
});

describe("the entity that a row is about", () => {
  const asked = { instruction: "Capital of Peru?", response: "Lima" };
  const preferred = { prompt: "Capital of Peru?", chosen: "Lima", rejected: "Cusco" };

  test.each([
    ["an instruction", asked],
    ["a preference", preferred],
  ])("of %s is found by itself, or named; a row may lack it", async (_, row) => {
    const rows = [
      { ...row, entity: "Peru", country: "PE" },
      { ...row, entity: " ", country: 7 },
    ];
    put(context, "a.jsonl", jsonLines(rows));
    const source = { file: "a.jsonl" };
    expect((await runDataset(context, { source })).train).toEqual([{ ...row, entity: "Peru" }, row]);
    const named = await runDataset(context, { source, columns: { entity: "country" } });
    expect(named.train).toEqual([
      { ...row, entity: "PE" },
      { ...row, entity: "7" },
    ]);
  });

  test("of a conversation, beside its task", async () => {
    const messages = [user("Capital of Peru?"), assistant("Lima")];
    put(context, "a.jsonl", jsonLines([{ messages, task: "capital", entity: "Peru" }]));
    const { train } = await runDataset(context, { source: { file: "a.jsonl" } });
    expect(train).toEqual([{ ...asked, task: "capital", entity: "Peru" }]);
  });

  test("of plain text is refused where it is named, and left out where it is not", async () => {
    put(context, "a.jsonl", jsonLines([{ text: "Lima.", entity: "Peru" }]));
    const source = { file: "a.jsonl" };
    expect((await runDataset(context, { source })).train).toEqual([{ text: "Lima." }]);
    expect(await catchFailure(runDataset(context, { source, columns: { entity: "entity" } }))).toMatchObject({
      code: "NOT_ALLOWED",
      facts: { where: "with.columns.entity" },
    });
  });

  test("that is named and not there is an error", async () => {
    put(context, "a.jsonl", jsonLines([asked]));
    const named = runDataset(context, { source: { file: "a.jsonl" }, columns: { entity: "country" } });
    expect(await catchFailure(named)).toMatchObject({ code: "DATA_INVALID", facts: { where: "with.columns" } });
  });
});
