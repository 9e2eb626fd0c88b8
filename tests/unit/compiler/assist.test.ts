import { completionsAt, hoverAt, type Completion } from "../../../compiler/assist/index.js";
import { editorSchema } from "../../../compiler/generate/editor-schema.js";

const schema = editorSchema();

/** The text without its mark `|`, and the place of it. */
function marked(text: string): [text: string, offset: number] {
  const at = text.indexOf("|");
  return [text.slice(0, at) + text.slice(at + 1), at];
}

const optionsAt = (text: string): Completion[] => completionsAt(...marked(text), schema)?.options ?? [];
const labelsAt = (text: string): string[] => optionsAt(text).map(({ label }) => label);

const poems = `name: poems
inputs:
  rate: { type: number, default: 0.001, description: how fast it learns }
stages:
  text:
    uses: dataset
    with: { source: { text: "a" }, unit: line }
  tokens:
    uses: tokenize
    with: { train: ["\${{ stages.text.outputs.train }}"], vocabularySize: 300 }
`;

test.each([
  ["an empty line of the definition", `${poems}|`, ["outputs", "concurrency"]],
  ["a key of a stage", `${poems}  base:\n    us|`, ["uses", "with", "timeout"]],
  ["a stage type", `${poems}  base:\n    uses: pre|`, ["pretrain", "sft", "command"]],
  ["a stage type before other lines", `stages:\n  base:\n    uses: |\n    with: { a: 1 }\n`, ["pretrain"]],
  [
    "a setting on its own line",
    `${poems}  base:\n    uses: pretrain\n    with:\n      |\n`,
    ["tokens", "learningRate"],
  ],
  [
    "a setting between others",
    `stages:\n  base:\n    uses: pretrain\n    with:\n      st|\n      batchSize: 1\n`,
    ["steps"],
  ],
  ["a setting in braces", `${poems}  base:\n    uses: pretrain\n    with: { steps: 1, | }`, ["tokens", "learningRate"]],
  [
    "a setting in braces that are open",
    `${poems}  base:\n    uses: pretrain\n    with: { steps: 1, lear|`,
    ["learningRate"],
  ],
  [
    "a nested setting",
    `stages:\n  a:\n    uses: pretrain\n    with: { architecture: { | } }`,
    ["hiddenSize", "layers"],
  ],
  ["a choice", `stages:\n  a:\n    uses: dataset\n    with: { unit: | }`, ["line", "paragraph"]],
  ["a switch", `stages:\n  a:\n    uses: pretrain\n    with: { recompute: | }`, ["true", "false"]],
  ["a stage that is needed", `${poems}  base:\n    needs: [|]`, ["text", "tokens"]],
  ["a root of expressions", `${poems}  b:\n    with: { x: "\${{ |" }`, ["stages", "inputs", "run"]],
  ["an item", `${poems}  b:\n    foreach: [1]\n    with: { x: "\${{ |" }`, ["item", "index"]],
  ["an input", `${poems}  b:\n    with: { x: "\${{ inputs.|" }`, ["rate"]],
  ["a stage", `${poems}  b:\n    with: { x: "\${{ stages.t| }}" }`, ["text", "tokens"]],
  ["an output", `${poems}  b:\n    with: { x: "\${{ stages.tokens.outputs.| }}" }`, ["tokens"]],
  ["a metric", `${poems}  b:\n    with: { x: "\${{ stages.tokens.metrics.| }}" }`, ["trainTokens"]],
])("offers %s", (_what, text, expected) => {
  expect(labelsAt(text)).toEqual(expect.arrayContaining(expected));
});

test("what is there is not offered again, and a key brings its colon", () => {
  const options = optionsAt(`stages:\n  a:\n    uses: pretrain\n    with: { steps: 1, | }`);
  expect(options.map(({ label }) => label)).not.toContain("steps");
  expect(options.find(({ label }) => label === "learningRate")).toMatchObject({
    insert: "learningRate: ",
    detail: expect.stringContaining("number") as string,
    description: expect.stringContaining("default") as string,
  });
  expect(optionsAt("stages:\n  a:\n    us|: x\n").find(({ label }) => label === "uses")).not.toHaveProperty("insert");
});

test("a stage is not offered to itself", () => {
  expect(labelsAt(`stages:\n  a:\n    with: { x: "\${{ stages.| }}" }\n  b: { uses: dataset }`)).toEqual(["b"]);
});

test.each([
  ["a comment", "name: x # us|\n"],
  ["free text", "name: |\n"],
  ["what cannot be read", "a: [".repeat(3000) + "|"],
])("offers nothing in %s", (_what, text) => expect(labelsAt(text)).toEqual([]));

test.each([
  ["a setting", poems.replace("vocabularySize", "vocabulary|Size"), "vocabularySize", /tokens|vocabulary/],
  ["a stage type", poems.replace("tokenize", "token|ize"), "tokenize", /token/],
  ["an output", poems.replace("outputs.train", "outputs.tr|ain"), "stages.text.outputs.train", /dataset/],
  ["an input", `${poems}  b: { with: { x: "\${{ inputs.ra|te }}" } }`, "inputs.rate", /how fast/],
])("explains %s", (_what, text, title, expected) => {
  const found = hoverAt(...marked(text), schema);
  expect(found?.title).toBe(title);
  expect(found?.text).toMatch(expected);
});

test("explains nothing where there is nothing to say", () => {
  expect(hoverAt(...marked(poems.replace("poems", "po|ems")), schema)?.title).not.toBe("inputs");
  expect(hoverAt("", 0, schema)).toBeUndefined();
});
