import { writeFileSync } from "node:fs";
import path from "node:path";
import { expectedWork } from "../../../api/forecasting/expected-work.js";
import type { StageForecast } from "../../../api/forecasting/forecast.js";
import { readRates } from "../../../api/reading/rates.js";
import { compilePipeline } from "../../../compiler/compile.js";
import { amountText, expectedText } from "../../../report/expected-work.js";
import type { Plan } from "../../../schemas/plan.js";
import type { StageState } from "../../../schemas/run.js";
import { saveRecord } from "../../../store/records/runs.js";
import { useDirectory } from "../../support/directory.js";

const home = useDirectory();
const project = useDirectory();

const text = `name: lines
stages:
  text:
    uses: dataset
    with: { source: { text: "a" }, unit: line }
  tokens:
    uses: tokenize
    with: { train: ["\${{ stages.text.outputs.train }}"], vocabularySize: 300 }
  trained:
    uses: pretrain
    with: { tokens: "\${{ stages.tokens.outputs.tokens }}" }
    resources: { gpu: 1 }
`;

async function planned(pipeline = "lines"): Promise<Plan> {
  return (await compilePipeline({ text: text.replace("name: lines", `name: ${pipeline}`) })).plan;
}

/** Records a run, in which stages succeeded after some hours of work; those without failed. */
async function ran(runId: string, plan: Plan, hours: Record<string, number>): Promise<void> {
  const stages = plan.stages.map(({ id, uses }): StageState => {
    const of = hours[id];
    const status = of === undefined ? "failed" : "succeeded";
    return { id, uses, status, attempts: 1, outputs: {}, metrics: {}, workedMs: (of ?? 9) * 3_600_000 };
  });
  const { name: pipeline } = plan;
  await saveRecord(home(), {
    ...{ runId, pipeline, status: "succeeded", plan, stages, outputs: {}, startedAt: new Date().toISOString() },
  });
}

const would = (stage: string, verdict: StageForecast["verdict"] = "will run"): StageForecast => ({
  ...{ stage, uses: "dataset", verdict, reasons: [] },
});
const all = [would("text", "cached"), would("tokens"), would("trained")];
const rates = (content: string): void => writeFileSync(path.join(project(), "rates.yaml"), content);

describe("what a plan is likely to take", () => {
  test("is what its stages took in earlier runs of the same pipeline: least, median, greatest", async () => {
    const plan = await planned();
    await ran("lines-1", plan, { text: 1, tokens: 1, trained: 2 });
    await ran("lines-2", plan, { text: 1, tokens: 3, trained: 2 });
    await ran("lines-3", plan, { text: 1, tokens: 2, trained: 6 });
    await ran("other-1", await planned("other"), { tokens: 50, trained: 50 });
    const { stages, work } = await expectedWork(home(), plan, all, project());
    const [hour, day] = [3_600_000, 86_400_000];
    expect(stages.map(({ expectedMs }) => expectedMs)).toEqual([
      undefined,
      { least: hour, usual: 2 * hour, most: 3 * hour },
      { least: 2 * hour, usual: 2 * hour, most: 6 * hour },
    ]);
    const ms = { least: day / 8, usual: day / 6, most: (day * 3) / 8 };
    expect(work).toEqual({ ms, longestMs: ms.usual, unknown: 0, runs: 3 });
    expect(expectedText(work!)).toBe("about 4h 00m of work (3h 00m to 9h 00m in 3 earlier runs)");
  });

  test("is less where stages can run side by side: the longest chain of stages that wait for one another", async () => {
    const { plan } = await compilePipeline({
      text: `${text}  sweep:
    uses: tokenize
    needs: tokens
    matrix: { size: [300, 400] }
    with: { train: ["\${{ stages.text.outputs.train }}"], vocabularySize: "\${{ matrix.size }}" }
  last:
    uses: tokenize
    needs: sweep
    with: { train: ["\${{ stages.text.outputs.train }}"] }
`,
    });
    const ids = ["tokens", "trained", "sweep.1", "sweep.2", "last"];
    const stages = ids.map((id, i): StageState => ({
      ...{ id, uses: "tokenize", status: "succeeded", attempts: 1, outputs: {}, metrics: {} },
      workedMs: (i + 1) * 3_600_000,
    }));
    const record = { runId: "lines-1", pipeline: "lines", status: "succeeded" as const, plan, stages, outputs: {} };
    await saveRecord(home(), { ...record, startedAt: new Date().toISOString() });
    const { work } = await expectedWork(
      home(),
      plan,
      ids.map((id) => would(id)),
      project(),
    );
    expect(work).toMatchObject({ ms: { usual: 15 * 3_600_000 }, longestMs: (1 + 4 + 5) * 3_600_000 });
    expect(expectedText(work!)).toBe(
      "about 15h 00m of work (in 1 earlier run), 10h 00m if all stages that can run side by side do",
    );
  });

  test("costs what the project's rates say, by kind of worker", async () => {
    const plan = await planned();
    await ran("lines-1", plan, { text: 1, tokens: 1, trained: 2 });
    rates("currency: EUR\nperHour: { cpu: 0.5, gpu: 2 }\n");
    const { work } = await expectedWork(home(), plan, all, project());
    expect(work?.cost).toEqual({ least: 4.5, usual: 4.5, most: 4.5, currency: "EUR" });
    expect(expectedText(work!)).toBe("about 3h 00m of work (in 1 earlier run), 4.50 EUR");
    rates("currency: EUR\nperHour: { cpu: 0.5 }\n");
    expect((await expectedWork(home(), plan, all, project())).work).not.toHaveProperty("cost");
  });

  test("leaves out stages that have never succeeded, and runs in which none has; it counts the others", async () => {
    const plan = await planned();
    await ran("lines-1", plan, { tokens: 1 });
    await ran("lines-2", plan, { text: 1 });
    const { work } = await expectedWork(home(), plan, all, project());
    expect(work).toMatchObject({ ms: { usual: 3_600_000 }, unknown: 1, runs: 1 });
    expect(expectedText(work!)).toMatch(/in 1 earlier run\); without 1 stage, whose time is not known$/);
  });

  test("is not said where nothing has run, or nothing would", async () => {
    const plan = await planned();
    expect(await expectedWork(home(), plan, all, project())).toEqual({ stages: all });
    await ran("lines-1", plan, { text: 1 });
    expect(await expectedWork(home(), plan, [all[0]!], project())).toEqual({ stages: [all[0]] });
  });
});

test.each([
  [0, "0.00"],
  [0.004, "under 0.01"],
  [0.126, "0.13"],
  [99.994, "99.99"],
  [1240.4, "1,240"],
])("the amount %d is %s", (amount, text) => {
  expect(amountText(amount)).toBe(text);
});

test("a cost has its bounds, too", async () => {
  const plan = await planned();
  await ran("lines-1", plan, { tokens: 1, trained: 1 });
  await ran("lines-2", plan, { tokens: 3, trained: 1 });
  rates("currency: EUR\nperHour: { cpu: 0.5, gpu: 2 }\n");
  const { work } = await expectedWork(home(), plan, all, project());
  expect(expectedText(work!)).toBe(
    "about 2h 00m of work (2h 00m to 4h 00m in 2 earlier runs), 2.50 EUR (2.50 to 3.50)",
  );
});

describe("rates", () => {
  test("are none without a file", async () => {
    expect(await readRates(project())).toBeUndefined();
  });

  test.each([
    ["a misspelt key", "currency: EUR\nperHours: { cpu: 1 }", "WRONG_TYPE", "rates.yaml.perHour"],
    ["a negative rate", "currency: EUR\nperHour: { cpu: -1 }", "WRONG_TYPE", "rates.yaml.perHour.cpu"],
    ["a text for a rate", 'currency: EUR\nperHour: { cpu: "1" }', "WRONG_TYPE", "rates.yaml.perHour.cpu"],
    ["no map", "- 1", "WRONG_TYPE", "rates.yaml.currency"],
    ["no YAML", "currency: [", "YAML_SYNTAX", "rates.yaml"],
  ])("with %s are refused, with the place", async (_what, content, code, where) => {
    rates(content);
    await expect(readRates(project())).rejects.toMatchObject({ code, facts: { where } });
  });
});
