import { readFileSync } from "node:fs";
import path from "node:path";
import { Type } from "@sinclair/typebox";
import { checkWith } from "../../../compiler/inputs/check-with.js";
import { outputKinds } from "../../../compiler/schema/forms.js";
import { compilePipeline } from "../../../compiler/compile.js";
import {
  changedDefaults,
  presentDefaults,
  recordDefaults,
  type DefaultsRecord,
} from "../../../compiler/generate/defaults-record.js";
import { evaluateTemplate } from "../../../expressions/evaluate.js";
import type { JsonObject } from "../../../platform/json.js";
import { Shorthand } from "../../../schemas/fields/basic.js";
import { collectDefaults, leaveOutDefaults } from "../../../schemas/stage-defaults.js";
import type { StageState } from "../../../schemas/run.js";
import { stageDefinitions, type StageType } from "../../../schemas/stages/index.js";

const root = path.join(import.meta.dirname, "../../..");

describe("settings without their defaults", () => {
  const schema = Type.Object({
    data: Type.String(),
    steps: Type.Integer({ default: 10 }),
    model: Type.Object({ layers: Type.Integer({ default: 2 }), size: Type.Integer({ default: 8 }) }, { default: {} }),
    needle: Type.Optional(Type.Object({ samples: Type.Integer({ default: 4 }) })),
    parts: Type.Array(Type.Object({ name: Type.String(), weight: Type.Number({ default: 1 }) }), { default: [] }),
    words: Type.Array(Type.String(), { default: ["a", "b"] }),
    mixture: Type.Array(Shorthand("of", { of: Type.String(), weight: Type.Number({ default: 1 }) }, "…"), {
      default: [],
    }),
  });
  const whole = { data: "x", steps: 10, model: { layers: 2, size: 8 }, parts: [], words: ["a", "b"] };

  test.each<[string, JsonObject, JsonObject]>([
    ["all as by default", whole, { data: "x" }],
    ["a field", { ...whole, steps: 11 }, { data: "x", steps: 11 }],
    ["a nested field", { ...whole, model: { layers: 3, size: 8 } }, { data: "x", model: { layers: 3 } }],
    [
      "an optional object, which means something by being there",
      { ...whole, needle: { samples: 4 } },
      { data: "x", needle: {} },
    ],
    [
      "items of a list",
      {
        ...whole,
        parts: [
          { name: "p", weight: 1 },
          { name: "q", weight: 2 },
        ],
      },
      { data: "x", parts: [{ name: "p" }, { name: "q", weight: 2 }] },
    ],
    [
      "items of a list that have a short form",
      {
        ...whole,
        mixture: [
          { of: "p", weight: 1 },
          { of: "q", weight: 2 },
        ],
      },
      { data: "x", mixture: ["p", { of: "q", weight: 2 }] },
    ],
    ["a list that is not the default one", { ...whole, words: ["b", "a"] }, { data: "x", words: ["b", "a"] }],
    ["an empty list where the default is not", { ...whole, words: [] }, { data: "x", words: [] }],
  ])("%s", (_, settings, expected) => {
    expect(leaveOutDefaults(settings, schema)).toEqual(expected);
    expect(leaveOutDefaults(expected, schema)).toEqual(expected);
  });

  test("a field that is added with a default changes nothing", () => {
    const wider = Type.Object({ ...schema.properties, added: Type.Boolean({ default: false }) });
    expect(leaveOutDefaults({ ...whole, added: false }, wider)).toEqual(leaveOutDefaults(whole, schema));
    expect(leaveOutDefaults({ ...whole, added: true }, wider)).toEqual({ data: "x", added: true });
  });
});

test.each(["tiny", "tiny-rl", "llm-from-scratch", "long-context", "graph-features"])(
  "%s: what is left out is filled in again, so that no two settings have the same key",
  async (name) => {
    const { plan } = await compilePipeline({ text: readFileSync(path.join(root, `pipelines/${name}.yaml`), "utf8") });
    const stages = Object.fromEntries(plan.stages.map(({ id, uses }) => [id, succeeded(uses)]));
    const context = { inputs: plan.inputs, stages, run: { id: "", pipeline: name, seed: plan.seed } };
    let leftOut = 0;
    for (const { uses, with: template } of plan.stages) {
      const checked = checkWith(uses, evaluateTemplate(template, context) as JsonObject) as JsonObject;
      const kept = leaveOutDefaults(checked, stageDefinitions[uses].with);
      expect(checkWith(uses, kept)).toEqual(checked);
      leftOut += JSON.stringify(checked).length - JSON.stringify(kept).length;
    }
    expect(leftOut).toBeGreaterThan(0);
  },
);

/** The state of a stage as expressions see it. */
function succeeded(uses: StageType) {
  const refs = Object.entries(outputKinds(uses, undefined)).map(([name, artifact]) => [
    name,
    { artifact, digest: "0".repeat(64) },
  ]);
  return { status: "succeeded" as const, outputs: Object.fromEntries(refs) as StageState["outputs"], metrics: {} };
}

const record = JSON.parse(readFileSync(path.join(root, "schemas/stages/defaults.json"), "utf8")) as DefaultsRecord;

describe("the recorded defaults", () => {
  test.each(presentDefaults())("$uses has those of its version; a new one has a new version", (stage) => {
    expect(changedDefaults(record, stage)).toEqual([]);
    // What is missing here, `npm run generate` adds.
    const { version, defaults } = stage;
    expect(record[stage.uses]).toEqual({ version, defaults });
  });

  const stage = { uses: "pretrain", version: 2, defaults: { steps: 1000, "architecture.layers": 4 } };
  const recorded = recordDefaults({}, [stage]);

  test("a default that changes, or goes, within a version is refused, with what to do", () => {
    const changed = { ...stage, defaults: { steps: 500 } };
    expect(changedDefaults(recorded, changed)).toEqual([
      "pretrain: the default of steps is now 500, was 1000 in version 2: raise `version` in schemas/stages/pretrain.ts",
      "pretrain: the default of architecture.layers no longer exists, was 4 in version 2: raise `version` in schemas/stages/pretrain.ts",
    ]);
    expect(() => recordDefaults(recorded, [changed])).toThrow("raise `version` in schemas/stages/pretrain.ts");
  });

  test("a new field is added; a new version takes the place of the one before, which cannot come back", () => {
    const wider = { ...stage, defaults: { ...stage.defaults, schedule: "cosine" } };
    expect(recordDefaults(recorded, [wider])).toEqual({ pretrain: { version: 2, defaults: wider.defaults } });
    const next = { ...stage, version: 3, defaults: { steps: 500 } };
    const later = recordDefaults(recorded, [next]);
    expect(later).toEqual({ pretrain: { version: 3, defaults: next.defaults } });
    expect(() => recordDefaults(later, [stage])).toThrow("pretrain: its version was 3: it may not be lowered");
  });

  test("name every default, in nested objects and list items too", () => {
    const { with: form } = stageDefinitions["extend-context" satisfies StageType];
    expect(collectDefaults(form)).toMatchObject({ ropeScaling: "yarn", "needle.depths": 5 });
  });

  test("name those that activities fill in, too", () => {
    expect(collectDefaults(stageDefinitions["dataset" satisfies StageType].with)).toMatchObject({
      "source.generator.terms": [2, 3],
    });
    expect(collectDefaults(stageDefinitions["grpo" satisfies StageType].with)).toMatchObject({
      "verifiers[].stepLimit": 1_000_000,
    });
  });
});
