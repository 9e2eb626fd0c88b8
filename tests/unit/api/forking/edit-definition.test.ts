import { parse } from "yaml";
import {
  declaredInputs,
  editedDefinition,
  givenInputs,
  reducedDefinition,
} from "../../../../api/forking/edit-definition.js";
import { compilePipeline } from "../../../../compiler/compile.js";

const text = `# by hand
name: small
inputs:
  size: { type: integer, default: 300 }
  corpus: { type: string }
stages:
  data:
    uses: dataset
    with: &settings { source: { text: "\${{ inputs.corpus }}" }, heldOut: 0.1 }
  other:
    uses: dataset
    with: *settings
  tok:
    uses: tokenize
    with: { train: ["\${{ stages.data.outputs.train }}"], vocabularySize: "\${{ inputs.size }}" }
outputs:
  data: "\${{ stages.data.outputs.train }}"
  both: "\${{ stages.data.metrics.trainRows }} and \${{ stages.other.metrics.trainRows }}"
`;
const edited = (...set: string[]) => parse(editedDefinition(text, { set, changes: {} })) as Record<string, object>;
const refusal = (...set: string[]) => {
  try {
    edited(...set);
  } catch (error) {
    return error;
  }
  throw new Error("it should have failed");
};

test("a definition without edits does not change", () => {
  expect(editedDefinition(text, { set: [], changes: {} })).toBe(text);
});

test("an edit changes one place, also where the text shares it, and null removes", () => {
  const { stages } = edited(
    "stages.data.with.heldOut=0.5",
    "stages.tok.with.train=[a, b]",
    "stages.tok.retry.on.lost=3",
  );
  expect(stages).toMatchObject({
    data: { with: { heldOut: 0.5 } },
    other: { with: { heldOut: 0.1 } },
    tok: { with: { train: ["a", "b"] }, retry: { on: { lost: 3 } } },
  });
  expect(edited("stages.data.with.heldOut=null")["stages"]).toMatchObject({ data: { with: { source: {} } } });
  expect(edited("stages.data.with.heldOut=null")["stages"]).not.toHaveProperty("data.with.heldOut");
});

test("what an edit cannot name is refused", () => {
  expect(refusal("stages.dta.with.heldOut=1")).toMatchObject({
    code: "UNKNOWN_REFERENCE",
    facts: { expected: "data, other, tok", next: "write data" },
  });
  expect(refusal("heldOut=1")).toMatchObject({ code: "NOT_ALLOWED", facts: { got: "heldOut" } });
  expect(refusal("stages..with=1")).toMatchObject({ code: "NOT_ALLOWED" });
  expect(refusal("stages.data.with.heldOut")).toMatchObject({ code: "NOT_ALLOWED" });
  expect(refusal("stages.data.with.heldOut=.inf")).toMatchObject({ code: "NOT_ALLOWED" });
});

test("changes of a retry become edits, and the stage to begin with is not taken from the cache", () => {
  const changes = { data: [{ heldOut: 0.2 }, { heldOut: 0.3 }] };
  const { stages } = parse(editedDefinition(text, { set: [], changes, from: "tok" })) as Record<string, object>;
  expect(stages).toMatchObject({ data: { with: { heldOut: 0.3 } }, tok: { cache: false } });
});

test("a definition is reduced to a stage and what leads to it", async () => {
  const { plan } = await compilePipeline({ text, inputs: { corpus: "x" } });
  const reduced = parse(reducedDefinition(text, "tok", plan.stages)) as Record<string, object>;
  expect(Object.keys(reduced["stages"]!)).toEqual(["data", "tok"]);
  expect(Object.keys(reduced["outputs"]!)).toEqual(["data"]);
  expect(() => reducedDefinition(text, "took", plan.stages)).toThrow("there is no stage took");
});

test("the inputs that a run was given are those that differ from their defaults", () => {
  expect(givenInputs(text, { size: 300, corpus: "x" })).toEqual({ corpus: "x" });
  expect(declaredInputs(text)).toEqual(["size", "corpus"]);
});
