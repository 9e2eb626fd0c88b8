import { parse, stringify } from "yaml";
import { validatePipeline } from "../../../compiler/compile.js";
import { isObject, type Json, type JsonObject } from "../../../platform/json.js";
import { packageRoot } from "../../../platform/program/locations.js";
import { stageDefinitions } from "../../../schemas/stages/index.js";
import { projectInProcess } from "../../support/describe-stage.js";
import { documents } from "../../support/documents.js";

/**
 * Every YAML block of the documents compiles (that of CONTRIBUTING names a stage that its reader
 * adds; its own test compiles it). A block is a pipeline, top-level keys of one, or stages. Stages
 * that a block refers to and does not define are those of the stages' examples.
 */
const blocks = documents()
  .filter(({ name }) => name !== "CONTRIBUTING.md")
  .flatMap((document) => document.blocks)
  .filter(({ language }) => language === "yaml");

/** The stages of all examples, by id. */
const examples = Object.assign(
  {},
  ...Object.values(stageDefinitions).map(({ example }) => parse(example) as JsonObject),
) as JsonObject;

const topLevel = new Set([
  "name",
  "description",
  "seed",
  "inputs",
  "include",
  "env",
  "notify",
  "schedule",
  "concurrency",
  "defaults",
  "stages",
  "outputs",
]);

/** The block as a whole pipeline. Text of a pipeline is compiled as it stands. */
function pipelineText(content: string): string {
  const block = parse(content) as JsonObject;
  if ("name" in block && "stages" in block) return content;
  const isTop = Object.keys(block).every((key) => topLevel.has(key));
  const { stages = {}, ...top } = isTop ? block : { stages: block };
  if (!isObject(stages)) throw new Error("`stages` of an example is not a map");
  const text = { source: { text: "x" } };
  const all = { ...borrowed(content, stages), ...stages };
  return stringify({
    name: "example",
    ...top,
    stages: Object.keys(all).length > 0 ? all : { text: { uses: "dataset", with: text } },
  });
}

/** The examples' stages that a text refers to, directly or through others, and does not define. */
function borrowed(text: string, own: JsonObject): JsonObject {
  const found: JsonObject = {};
  const ids = (from: string) => Array.from(from.matchAll(/\bstages\.([\w-]+)/g), ([, id]) => id!);
  const wanted = ids(text);
  for (const id of wanted) {
    const stage: Json | undefined = examples[id];
    if (stage === undefined || id in own || id in found) continue;
    found[id] = stage;
    wanted.push(...ids(JSON.stringify(stage)));
  }
  return found;
}

const { describeStage, readDefinition } = projectInProcess(packageRoot());

test("the documents have blocks of YAML", () => {
  expect(blocks.length).toBeGreaterThan(40);
});

test.each(blocks)("$where compiles", async ({ content }) => {
  const { warnings } = await validatePipeline({ text: pipelineText(content), describeStage, readDefinition });
  // A block of nothing but inputs cannot use them.
  const isUse = !/^inputs:/.test(content) || /^stages:/m.test(content);
  expect(isUse ? warnings : []).toEqual([]);
});
