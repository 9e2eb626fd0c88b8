import { Type } from "@sinclair/typebox";
import { Artifact } from "../../../schemas/fields/basic.js";
import { defineStage, metric, traitOf } from "../../../schemas/stage.js";
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
  rowsOf: {},
  learnsFrom: {},
} as const;
const ref = { artifact: "evaluation", digest: "0".repeat(64) } as const;

/** A definition without one of its traits. The type checker holds each line: what compiles here is an error. */
function without<K extends keyof typeof whole>(trait: K): Omit<typeof whole, K> {
  const { [trait]: _left, ...rest } = whole;
  return rest;
}

describe("defineStage", () => {
  test("gives the definition back", () => {
    expect(defineStage(whole)).toBe(whole);
  });

  test("does not compile without a trait", () => {
    const incomplete = [
      // @ts-expect-error: example is missing
      defineStage(without("example")),
      // @ts-expect-error: computesWithTensors is missing
      defineStage(without("computesWithTensors")),
      // @ts-expect-error: libraries is missing
      defineStage(without("libraries")),
      // @ts-expect-error: writesOutsideStore is missing
      defineStage(without("writesOutsideStore")),
      // @ts-expect-error: isBrief is missing
      defineStage(without("isBrief")),
      // @ts-expect-error: asksPeople is missing
      defineStage(without("asksPeople")),
      // @ts-expect-error: reads is missing
      defineStage(without("reads")),
      // @ts-expect-error: unpinned is missing
      defineStage(without("unpinned")),
      // @ts-expect-error: runsCode is missing
      defineStage(without("runsCode")),
      // @ts-expect-error: rowsOf is missing
      defineStage(without("rowsOf")),
      // @ts-expect-error: learnsFrom is missing
      defineStage(without("learnsFrom")),
      // @ts-expect-error: rules are missing
      defineStage(without("rules")),
      // @ts-expect-error: the version is missing
      defineStage(without("version")),
      // @ts-expect-error: metrics are missing
      defineStage(without("metrics")),
    ];
    expect(incomplete).toHaveLength(14);
  });

  test("a trait knows the settings' type", () => {
    const { isBrief } = defineStage({ ...whole, isBrief: ({ limit }) => limit < 10 });
    expect([1, 10].map((limit) => traitOf(isBrief, { limit }))).toEqual([true, false]);
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
