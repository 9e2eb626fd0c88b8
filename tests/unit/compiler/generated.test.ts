import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { parse } from "yaml";
import { validateRunRequest } from "../../../compiler/generated/run-request.js";
import { validateDefinition } from "../../../compiler/generated/validators.js";
import { validatePipeline } from "../../../compiler/compile.js";
import { generatedDocuments, generatedModules } from "../../../compiler/generate/index.js";
import type { PipelineDefinition } from "../../../schemas/pipeline.js";
import type { RunRequest } from "../../../schemas/run.js";

const root = join(import.meta.dirname, "../../..");
const read = (path: string) => readFileSync(join(root, path), "utf8");

const generated = { ...generatedModules(), ...generatedDocuments(read) };

test.each(Object.entries(generated))("%s is what `npm run generate` writes", (path, content) => {
  // Compared whole, the difference of a generated file would fill the screen.
  expect(read(path) === content).toBe(true);
});

test("the validators are type guards", () => {
  const isRequest: (value: unknown) => value is RunRequest = validateRunRequest;
  const isDefinition: (value: unknown) => value is PipelineDefinition = validateDefinition;
  // @ts-expect-error: what one guards is not what the other guards
  const wrong: (value: unknown) => value is PipelineDefinition = validateRunRequest;
  expect([isRequest({ pipeline: "tiny" }), isDefinition({ name: "x" }), wrong({})]).toEqual([true, false, true]);
});

test("the example of the reference is sound", async () => {
  const example = /```yaml\n(name: example\n[\s\S]*?)```/.exec(read("docs/reference/language.md"))?.[1];
  expect(await validatePipeline({ text: example ?? "" })).toMatchObject({ name: "example", warnings: [] });
});

describe("the editors' schema", () => {
  const ajv = new Ajv({ strict: false, allErrors: true });
  const validate = ajv.compile(JSON.parse(read("schemas/pipeline.schema.json")) as object);
  const plan = (name: string) =>
    parse(read(`tests/unit/compiler/plans/${name}/pipeline.yaml`)) as Record<string, unknown>;

  test.each(["tiny", "everything"])("takes %s", (name) => {
    validate(plan(name));
    expect(validate.errors).toBeNull();
  });

  test("takes expressions where values are expected, and refuses other text there", () => {
    const definition = (steps: unknown) => ({
      name: "x",
      stages: { a: { uses: "pretrain", with: { tokens: "${{ stages.t.outputs.tokens }}", steps } } },
    });
    expect(validate(definition("${{ inputs.steps }}"))).toBe(true);
    expect(validate(definition(5))).toBe(true);
    expect(validate(definition("many"))).toBe(false);
  });

  test.each([
    ["an unknown key", { name: "x", stages: { a: { uses: "dataset", with: { source: { text: "x" }, hldOut: 1 } } } }],
    ["a missing key", { name: "x", stages: { a: { uses: "tokenize", with: {} } } }],
    ["an unknown stage type", { name: "x", stages: { a: { uses: "quantum" } } }],
    [
      "a malformed duration",
      { name: "x", stages: { a: { uses: "dataset", with: { source: { text: "x" } }, timeout: "soon" } } },
    ],
  ])("refuses %s", (_name, definition) => {
    expect(validate(definition)).toBe(false);
  });
});
