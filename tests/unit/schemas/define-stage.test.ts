import { Type } from "@sinclair/typebox";
import { Artifact } from "../../../schemas/fields/basic.js";
import { defineStage, metric, evaluateTrait } from "../../../schemas/stage.js";
import type { StageRun } from "../../../schemas/stage-run.js";

const settings = Type.Object({ limit: Type.Integer({ default: 1 }) }, { additionalProperties: false });
const outputs = Type.Object({ evaluation: Artifact("evaluation", "the count") });
const whole = {
  summary: "counts rows of a data set",
  example: "count: { uses: count-rows }",
  version: 1,
  with: settings,
  rules: [],
  outputs,
  metrics: { rows: metric("rows", "rows counted") },
  computesWithTensors: false,
  libraries: [],
  writesOutsideStore: false,
  isBrief: false,
  asksPeople: false,
  reads: [],
  unpinned: [],
  runsCode: [],
  outputRows: {},
  learnsFrom: {},
} as const;
const ref = { artifact: "evaluation", digest: "0".repeat(64) } as const;

/**
 * A definition without one of its parts. The type checker holds each line: what compiles here is an
 * error.
 */
function without<K extends keyof typeof whole>(trait: K): Omit<typeof whole, K> {
  const { [trait]: _left, ...rest } = whole;
  return rest;
}

describe("defineStage", () => {
  test("keeps the traits of the definition", () => {
    expect(defineStage(whole)).toEqual(whole);
  });

  test("fills in what a definition leaves out", () => {
    const { summary, example, version, metrics } = whole;
    expect(defineStage({ summary, example, version, with: settings, outputs, metrics })).toEqual(whole);
  });

  test("does not compile without what every stage has", () => {
    const incomplete = [
      // @ts-expect-error: example is missing
      defineStage(without("example")),
      // @ts-expect-error: the version is missing
      defineStage(without("version")),
      // @ts-expect-error: outputs are missing
      defineStage(without("outputs")),
    ];
    expect(incomplete).toHaveLength(3);
  });

  test("a trait knows the settings' type", () => {
    const { isBrief } = defineStage({ ...whole, isBrief: ({ limit }) => limit < 10 });
    expect([1, 10].map((limit) => evaluateTrait(isBrief, { limit }))).toEqual([true, false]);
    // @ts-expect-error: there is no such setting
    defineStage({ ...whole, isBrief: ({ maximum }) => maximum < 10 });
    // @ts-expect-error: no such output
    defineStage({ ...whole, learnsFrom: { model: [] } });
    // @ts-expect-error: no such setting
    defineStage({ ...whole, learnsFrom: { evaluation: ["data"] } });
    // @ts-expect-error: a word that is no unit
    defineStage({ ...whole, metrics: { rows: metric("row", "rows counted") } });
  });

  test("the work has the settings' and the outputs' types; only a stage that may request choices returns a request", () => {
    const run: StageRun<typeof settings, typeof outputs> = ({ limit }) =>
      Promise.resolve({ outputs: { evaluation: ref }, metrics: { rows: limit } });
    expect(defineStage({ ...whole, run }).run).toBe(run);
    // @ts-expect-error: where the store lies is nothing that a stage of one's own is given
    defineStage({ ...whole, run: (_, { home }) => Promise.reject(new Error(home)) });
    const writer: typeof run = async (_, { confirmLease }) => {
      await confirmLease();
      return { outputs: { evaluation: ref }, metrics: {} };
    };
    expect(defineStage({ ...whole, writesOutsideStore: true, run: writer }).run).toBe(writer);
    const request = { pairs: { artifact: "pairs", digest: "0".repeat(64) }, items: 1, target: 1 } as const;
    // @ts-expect-error: asksPeople is false
    defineStage({ ...whole, run: () => Promise.resolve({ request }) });
    defineStage({ ...whole, asksPeople: true, run: () => Promise.resolve({ request }) });
    // @ts-expect-error: an output is missing
    defineStage({ ...whole, run: () => Promise.resolve({ outputs: {}, metrics: {} }) });
  });
});
