import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { editorSchema } from "../../../compiler/generate/editor-schema.js";
import { packageRoot } from "../../../platform/program/locations.js";
import { useDirectory } from "../../support/directory.js";
import { startEditor, type Editor } from "./language-server.js";

let editor: Editor;
beforeAll(async () => {
  editor = await startEditor();
});
afterAll(() => editor.close());

const directory = path.join(packageRoot(), "pipelines");
const shipped = readdirSync(directory).filter((file) => file.endsWith(".yaml"));
const schemaLine = "# yaml-language-server: $schema=../schemas/pipeline.schema.json\n";
const definition = (rest: string): string => `${schemaLine}name: x\n${rest}`;
const stage = (uses: string, settings: string): string =>
  definition(`stages:\n  a:\n    uses: ${uses}\n    with:\n      ${settings}`);

test.each(shipped)("an editor finds nothing wrong with %s, without any network", async (file) => {
  const text = readFileSync(path.join(directory, file), "utf8");
  expect(text).toContain("$schema=../schemas/pipeline.schema.json");
  expect(await editor.open(text)).toEqual([]);
});

test.each([
  ["a key that no stage has", stage("pretrain", "lerningRate: 0.1"), /^7: Property lerningRate is not allowed/],
  ["a value out of bounds", stage("sft", "learningRate: -1"), /^6: /],
  ["an input's schema that is none", definition("inputs: { n: { type: text } }\nstages: {}\n"), /^3: Value is not/],
  ["a stage type that does not exist", stage("train", "{}"), /^5: /],
])("an editor marks %s", async (_, text, message) => {
  expect(await editor.open(text)).toContainEqual(expect.stringMatching(message));
});

test("what has a default may be left out, also inside lists; expressions may stand for every value", async () => {
  const sources =
    '[{ data: "${{ stages.b.outputs.train }}" }, { data: "${{ stages.b.outputs.train }}", weight: "${{ inputs.w }}" }]';
  const settings = `model: "\${{ stages.c.outputs.model }}"\n      data: ${sources}\n      epochs: \${{ inputs.n }}\n`;
  expect(await editor.open(stage("sft", settings))).toEqual([]);
});

test.each([
  ["keys of a pipeline", definition("|"), ["inputs", "stages", "outputs", "defaults", "seed"]],
  ["keys of a stage", definition("stages:\n  a:\n    |"), ["uses", "with", "needs", "if", "retry", "onFailure"]],
  ["stage types", definition("stages:\n  a:\n    uses: |"), ["dataset", "pretrain", "grpo", "table-model"]],
  ["a stage's settings", stage("pretrain", "|"), ["tokens", "architecture", "warmupSteps"]],
  ["words that a setting takes", stage("pretrain", "optimizer: |"), ["adamw", "muon"]],
  ["settings inside settings", stage("pretrain", "architecture:\n        |"), ["hiddenSize", "contextLength"]],
  ["settings of all stages", definition("defaults:\n  |\nstages: {}\n"), ["retry", "checkpoint"]],
  ["keywords of an input", definition("inputs:\n  n:\n    |\nstages: {}\n"), ["type", "default", "minimum"]],
  ["sources", stage("dataset", "source:\n        |"), ["file", "package", "pypi", "huggingFace"]],
  ["kinds inside a list", stage("evaluate", "verifiers:\n        - kind: |"), ["number", "regex", "code", "module"]],
  ["words of a stage's own settings", definition("stages:\n  a:\n    onFailure: |"), ["fail", "park", "continue"]],
])("an editor proposes %s", async (_, text, labels) => {
  expect(await editor.completions(text)).toEqual(expect.arrayContaining(labels));
});

test.each([
  [
    "what a setting is, its bounds and its default",
    stage("pretrain", "learning|Rate: 0.1"),
    "peak learning rate, after the warm-up; > 0, ≤ 10; default 0.001",
  ],
  [
    "the same inside another",
    stage("pretrain", "architecture:\n        hidden|Size: 64"),
    "size of the hidden states; ≥ 8; default 128",
  ],
  ["the same in a list", stage("sft", "data:\n        - { data: x, wei|ght: 2 }"), "default 1"],
  [
    "what a stage type does",
    definition("stages:\n  a:\n    uses: pre|train"),
    "trains a transformer from random weights",
  ],
  ["the default of what all stages have", definition("stages:\n  a:\n    retry: { max|Attempts: 2 }"), "default 3"],
  ["what a keyword of an input says", definition("inputs: { n: { def|ault: 2 } }\nstages: {}\n"), "does not set"],
])("an editor shows %s", async (_, text, shown) => {
  expect(await editor.hover(text)).toContain(shown);
});

describe("a schema with stages of one's own", () => {
  const directory = useDirectory();
  const written = (rest: string): string => {
    const form = { type: "object", properties: { most: { type: "integer", default: 3 } }, additionalProperties: false };
    const own = new Map([["./stages/count.ts", { summary: "counts rows", with: form }]]);
    const file = path.join(directory(), "pipeline.schema.json");
    writeFileSync(file, JSON.stringify(editorSchema(own)));
    return `# yaml-language-server: $schema=${file}\nname: x\nstages:\n  a:\n    uses: ${rest}`;
  };

  test("an editor proposes them and their settings, and marks others", async () => {
    expect(await editor.completions(written("|"))).toContain("./stages/count.ts");
    expect(await editor.completions(written("./stages/count.ts\n    with:\n      |"))).toEqual(["most"]);
    expect(await editor.open(written("./stages/count.ts\n    with: { mots: 1 }"))).toEqual([
      expect.stringMatching(/^6: Property mots is not allowed/),
    ]);
    expect(await editor.open(written("./stages/other.ts\n    with: { mots: 1 }"))).toEqual([]);
  });
});
