import type { DeclaredStage, Plan } from "../../../schemas/plan.js";
import { explainDefinition, explainPlan } from "../../../store/changes/definition-changes.js";
import { planned } from "../workflows/stages.js";

const planOf = (...stages: DeclaredStage[]): Plan => ({
  ...{ name: "poems", definitionDigest: "", seed: 0, inputs: {}, outputs: {} },
  stages,
});

test("says which fields of which stages have changed, with durations as a file has them, and not where they stand", () => {
  const before = planOf(planned("a", { with: { steps: 1, timeLimitMs: 5 } }), planned("b"), planned("c"));
  const now = planOf(
    planned("c", { line: 9, timeoutMs: 7000, if: "inputs.size > 1" }),
    {
      ...planned("a", { with: { steps: 2, timeLimitMs: 6 } }),
      matrix: { combinations: [{ rate: 1 }], failFast: true },
    },
    planned("d"),
  );
  expect(explainPlan(before, { ...now, inputs: { size: 2 }, outputs: { model: 1 } })).toEqual([
    'stages.c.timeout is now "7000ms", was "1000ms"',
    'stages.c.if is new: "inputs.size > 1"',
    "stages.a.with.steps is now 2, was 1",
    "stages.a.with.timeLimitMs is now 6, was 5",
    'stages.a.matrix is new: {"combinations":[{"rate":1}],"failFast":true}',
    "stages.d is new",
    "stages.b no longer exists",
    "inputs.size is new: 2",
    "outputs.model is new: 1",
  ]);
  expect(explainPlan(before, structuredClone(before))).toEqual([]);
});

test("another type is all that is said about a stage; settings of stages of one's own have the names of the file", () => {
  const [one, other] = [1, 2].map((size) =>
    planned("a", { uses: "module", with: { file: "./a.ts", settings: { size } } }),
  );
  expect(explainDefinition(one!, planned("a"))).toEqual(["uses is now dataset, was module"]);
  expect(explainPlan(planOf(one!), planOf(planned("a")))).toEqual(["stages.a.uses is now dataset, was module"]);
  expect(explainDefinition(one!, other!)).toEqual(["with.size is now 2, was 1"]);
  expect(explainPlan(planOf(one!), planOf(other!))).toEqual(["stages.a.with.size is now 2, was 1"]);
});
