import { readFileSync } from "node:fs";
import path from "node:path";
import { tableModel } from "../../../activities/table-model.js";
import { boost } from "../../../tabular/boosting.js";
import { areaUnderCurve, liftInterval } from "../../../tabular/measures.js";
import { RandomStream } from "../../../platform/random.js";
import { testContext, type TestContext } from "../../support/stage-context.js";
import { failureOf, put, settingsOf } from "../../support/datasets.js";
import { columnsOf } from "../graph-featurize/support.js";

// Nothing here depends on time; a busy machine must not fail it.

const rows = 400;
const noise = new RandomStream(1, "noise");
const uniforms = (stream: string): Float64Array => {
  const random = new RandomStream(1, stream);
  return Float64Array.from({ length: rows }, (_, i) => random.uniform(i));
};
const [a, b, c] = [uniforms("a"), uniforms("b"), uniforms("c")];

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
    expect(liftInterval(b, b, target, 100, 1)).toEqual({ low: 0, high: 0 });
    const better = a.map((x, i) => x + b[i]!);
    const { low, high } = liftInterval(b, better, target, 100, 1);
    const lift = areaUnderCurve(better, target) - areaUnderCurve(b, target);
    expect(low).toBeGreaterThan(0);
    expect(low).toBeLessThan(lift);
    expect(high).toBeGreaterThan(lift);
  });
});

describe("boost", () => {
  const all = Uint32Array.from({ length: rows }, (_, i) => i);
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
      settingsOf("table-model", { data: { file: "t.csv" }, target: "label", rounds: 10, resamples: 100, ...settings }),
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
    const predictions = await columnsOf(context, outputs.predictions);
    expect(new Set(predictions["fold"])).toEqual(new Set(["1", "2", "3", "4", "5"]));
  });

  test("a column that tells nothing is worth nothing", async () => {
    table();
    const { metrics } = await run({ baseline: ["known", "telling"], features: ["idle"] });
    expect(metrics["liftLow"]).toBeLessThan(0);
    expect(Math.abs(metrics["lift"]!)).toBeLessThan(0.02);
  });

  test.each([
    [{ baseline: ["known"], target: "kind" }, "DATA_INVALID", "with.target"],
    [{ baseline: ["known"], target: "known" }, "DATA_INVALID", "with.target"],
    [{ baseline: ["known"], target: "nothing" }, "DATA_INVALID", "with.target[0]"],
    [{ baseline: ["known", "nothing*"] }, "DATA_INVALID", "with.baseline[1]"],
  ])("%j is refused", async (settings, code, where) => {
    table();
    expect(await failureOf(run(settings))).toMatchObject({ code, facts: { where } });
  });

  test("a table without rows is refused", async () => {
    put(context, "t.csv", "known,label\n");
    expect(await failureOf(run({ baseline: ["known"] }))).toMatchObject({ code: "DATA_EMPTY" });
  });
});
