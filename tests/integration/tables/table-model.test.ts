import { readFileSync } from "node:fs";
import path from "node:path";
import { tableModel } from "../../../activities/table-model.js";
import { boost } from "../../../tabular/boosting.js";
import { areaUnderCurve, liftInterval } from "../../../tabular/measures.js";
import { RandomStream } from "../../../platform/random.js";
import { testContext, type TestContext } from "../../support/stage-context.js";
import { catchFailure, put, fillSettings } from "../../support/datasets.js";
import { readTableColumns } from "../graph-featurize/support.js";

// Nothing here depends on time; a busy machine must not fail it.

const rows = 400;
const noise = new RandomStream(1, "noise");
const uniforms = (stream: string): Float64Array => {
  const random = new RandomStream(1, stream);
  return Float64Array.from({ length: rows }, (_, i) => random.uniform(i));
};
const [a, b, c] = [uniforms("a"), uniforms("b"), uniforms("c")];
const all = Uint32Array.from({ length: rows }, (_, i) => i);

describe("areaUnderCurve", () => {
  test.each([
    [[0.1, 0.2, 0.3, 0.4], [0, 0, 1, 1], 1],
    [[0.4, 0.3, 0.2, 0.1], [0, 0, 1, 1], 0],
    [[0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1], 0.75],
    [[1, 1, 1, 1], [0, 1, 0, 1], 0.5],
    [[1, 2, 2, 3], [0, 0, 1, 1], 0.875],
  ])("of %j for %j is %d", (scores, target, area) => {
    expect(areaUnderCurve(Float64Array.from(scores), Uint8Array.from(target))).toBeCloseTo(area, 12);
  });
});

describe("liftInterval", () => {
  const target = Uint8Array.from(a, (x) => Number(x > 0.5));
  test("of equal scores is 0 to 0, and of better scores lies above 0 and around the lift", () => {
    expect(liftInterval(b, b, target, all, 100, 1)).toEqual({ low: 0, high: 0 });
    const better = a.map((x, i) => x + b[i]!);
    const { low, high } = liftInterval(b, better, target, all, 100, 1);
    const lift = areaUnderCurve(better, target) - areaUnderCurve(b, target);
    expect(low).toBeGreaterThan(0);
    expect(low).toBeLessThan(lift);
    expect(high).toBeGreaterThan(lift);
  });
  test("is that of the groups: four copies of each row tell no more than one", () => {
    const better = a.map((x, i) => x + b[i]!);
    const fourfold = (one: Float64Array): Float64Array =>
      Float64Array.from({ length: 4 * rows }, (_, row) => one[row >> 2]!);
    const labels = Uint8Array.from({ length: 4 * rows }, (_, row) => target[row >> 2]!);
    const groups = Uint32Array.from({ length: 4 * rows }, (_, row) => row >> 2);
    const copies = liftInterval(fourfold(b), fourfold(better), labels, groups, 100, 1);
    const once = liftInterval(b, better, target, all, 100, 1);
    expect(copies.low).toBeCloseTo(once.low, 12);
    expect(copies.high).toBeCloseTo(once.high, 12);
  });
});

describe("boost", () => {
  const options = { rounds: 30, depth: 3, learningRate: 0.2 };
  test("learns what no column tells alone", () => {
    const target = Uint8Array.from(a, (x, i) => Number(x > 0.5 !== b[i]! > 0.5));
    const train = all.filter((row) => row % 4 !== 0);
    const { predict, gains } = boost([a, b, c], target, train, options);
    const unseen = all.filter((row) => row % 4 === 0);
    const right = unseen.filter((row) => predict(row) > 0 === (target[row] === 1)).length;
    expect(right / unseen.length).toBeGreaterThan(0.9);
    expect(gains[2]).toBeLessThan(Math.min(gains[0]!, gains[1]!) / 4);
  });
  test("learns from a value's being missing, and never looks at other rows", () => {
    const values = Float64Array.from(a, (x, i) => (i % 2 === 0 ? NaN : x));
    const target = Uint8Array.from(a, (_, i) => Number(i % 2 === 0));
    const train = all.filter((row) => row < 300);
    const { predict } = boost([values], target, train, options);
    expect(all.filter((row) => row >= 300).every((row) => predict(row) > 0 === (target[row] === 1))).toBe(true);
    const poisoned = target.map((value, row) => (row < 300 ? value : 1 - value));
    const other = boost([values], poisoned, train, options);
    expect(all.map((row) => predict(row))).toEqual(all.map((row) => other.predict(row)));
  });
});

describe("the stage", () => {
  let context: TestContext;
  beforeEach(() => void (context = testContext()));
  afterEach(() => context.remove());
  const run = (settings: object) =>
    tableModel(
      fillSettings("table-model", {
        data: { file: "t.csv" },
        target: "label",
        rounds: 10,
        resamples: 100,
        ...settings,
      }),
      context,
    );
  const table = (): void => {
    const lines = Array.from({ length: rows }, (_, i) => {
      const label = a[i]! + b[i]! + 0.4 * noise.uniform(i) > 1.2;
      return `${i},${a[i]},${b[i]},${c[i]},${["x", "y"][i % 2]},${label}\n`;
    });
    put(context, "t.csv", `id,known,telling,idle,kind,label\n${lines.join("")}`);
  };

  test("says what columns are worth, the same each time", async () => {
    table();
    const { metrics, outputs } = await run({ baseline: ["known", "kind"], ignore: ["id"] });
    expect(metrics).toMatchObject({ rows, columnsWithout: 3, columnsWith: 5 });
    expect(metrics["liftLow"]).toBeGreaterThan(0.05);
    expect(metrics["lift"]).toBeCloseTo(metrics["areaWith"]! - metrics["areaWithout"]!, 12);
    expect((await run({ baseline: ["known", "kind"], ignore: ["id"] })).outputs).toEqual(outputs);
    const directory = await context.openArtifact(outputs.predictions);
    const importance = JSON.parse(readFileSync(path.join(directory, "importance.json"), "utf8")) as Record<
      string,
      number
    >;
    expect(Object.keys(importance).slice(0, 2).sort()).toEqual(["known", "telling"]);
    const predictions = await readTableColumns(context, outputs.predictions);
    expect(new Set(predictions["fold"])).toEqual(new Set(["1", "2", "3", "4", "5"]));
  });

  test("a column that tells nothing is worth nothing", async () => {
    table();
    const { metrics } = await run({ baseline: ["known", "telling"], features: ["idle"] });
    expect(metrics["liftLow"]).toBeLessThan(0);
    expect(Math.abs(metrics["lift"]!)).toBeLessThan(0.02);
  });

  /** Every entity stands in eight rows, and its label has to do with nothing. */
  const repeated = (entity = (i: number) => String(i >> 3)): void => {
    const lines = Array.from({ length: rows }, (_, i) => `${entity(i)},${a[i >> 3]},0,${c[i >> 3]! > 0.5}\n`);
    put(context, "t.csv", `entity,known,zero,label\n${lines.join("")}`);
  };
  const memory = { baseline: ["zero"], features: ["known"], rounds: 100, depth: 8, learningRate: 0.5 };

  test("what is known of an entity's other rows is no skill: a group's rows share a fold, and it is no feature", async () => {
    repeated();
    const remembered = (await run({ ...memory, ignore: ["entity"] })).metrics["accuracyWith"]!;
    expect(remembered).toBeGreaterThan(0.7);
    const { metrics, outputs } = await run({ ...memory, features: ["known", "entity"], group: "entity" });
    expect(metrics["accuracyWith"]).toBeLessThan(remembered - 0.1);
    expect(metrics["columnsWith"]).toBe(2);
    const { fold } = await readTableColumns(context, outputs.predictions);
    expect(fold!.every((own, i) => own === fold![i & ~7])).toBe(true);
    expect(new Set(fold).size).toBe(5);
  });

  test("a row without a group, and fewer groups than folds, are refused", async () => {
    repeated((i) => (i === 6 ? "" : "one"));
    const refused = await catchFailure(run({ ...memory, group: "entity" }));
    expect(refused).toMatchObject({ code: "DATA_INVALID", facts: { where: "with.group" } });
    expect(refused.message).toContain("row 7");
    repeated(() => "one");
    expect(await catchFailure(run({ ...memory, group: "entity" }))).toMatchObject({
      code: "DATA_INVALID",
      facts: { got: "1" },
    });
    expect(await catchFailure(run({ ...memory, group: "nothing" }))).toMatchObject({
      facts: { where: "with.group[0]" },
    });
  });

  test.each([
    [{ baseline: ["known"], target: "kind" }, "DATA_INVALID", "with.target"],
    [{ baseline: ["known"], target: "known" }, "DATA_INVALID", "with.target"],
    [{ baseline: ["known"], target: "nothing" }, "DATA_INVALID", "with.target[0]"],
    [{ baseline: ["known", "nothing*"] }, "DATA_INVALID", "with.baseline[1]"],
  ])("%j is refused", async (settings, code, where) => {
    table();
    expect(await catchFailure(run(settings))).toMatchObject({ code, facts: { where } });
  });

  test("a table without rows is refused", async () => {
    put(context, "t.csv", "known,label\n");
    expect(await catchFailure(run({ baseline: ["known"] }))).toMatchObject({ code: "DATA_EMPTY" });
  });
});
