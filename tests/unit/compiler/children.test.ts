import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { definitionWithIncluded } from "../../../compiler/definition/include.js";
import type { ReadDefinition } from "../../../compiler/children.js";
import { compilePipeline } from "../../../compiler/compile.js";
import type { PipelineErrors } from "../../../compiler/errors.js";
import { readSource } from "../../../compiler/definition/source.js";
import type { JsonObject } from "../../../platform/json.js";
import { definitionReader, recordedReader } from "../../../worker/project/pipeline-file.js";
import { stringify } from "yaml";
import { useDirectory } from "../../support/directory.js";

const leaf = "name: leaf\nstages:\n  text:\n    uses: dataset\n    with: { source: { text: a }, unit: line }\n";
const calls = (name: string, child: string): string => `name: ${name}\nstages:\n  child:\n    uses: ${child}\n`;

/** Reads from a table, and counts. */
function table(files: Record<string, string>): { read: ReadDefinition; reads: string[] } {
  const reads: string[] = [];
  const read: ReadDefinition = (name) => {
    reads.push(name);
    return Promise.resolve({ file: name, text: files[name]! });
  };
  return { read, reads };
}

async function planOf(text: string, files: Record<string, string>) {
  const { plan } = await compilePipeline({ text, readDefinition: table(files).read });
  return plan;
}

test("the plan holds every definition below, and the stage a digest that any of them changes", async () => {
  const files = { "a.yaml": calls("a", "b.yaml"), "b.yaml": leaf };
  const plan = await planOf(calls("top", "a.yaml"), files);
  expect(Object.keys(plan.files!).sort()).toEqual(["a.yaml", "b.yaml"]);
  const same = await planOf(calls("top", "a.yaml"), files);
  const other = await planOf(calls("top", "a.yaml"), { ...files, "b.yaml": leaf.replace("text: a", "text: b") });
  expect(same.stages[0]!.child).toEqual(plan.stages[0]!.child);
  expect(other.stages[0]!.child!.digest).not.toBe(plan.stages[0]!.child!.digest);
  expect(other.definitionDigest).toBe(plan.definitionDigest);
});

test("each definition is read and checked once", async () => {
  const { read, reads } = table({ "a.yaml": calls("a", "c.yaml"), "b.yaml": calls("b", "c.yaml"), "c.yaml": leaf });
  const both = "  first: { uses: a.yaml }\n  second: { uses: b.yaml }\n";
  await compilePipeline({ text: `name: top\nstages:\n${both}`, readDefinition: read });
  expect(reads).toEqual(["a.yaml", "c.yaml", "b.yaml"]);
});

test("without a reader, and with one that does not have it, a child is an error in its place", async () => {
  for (const readDefinition of [undefined, recordedReader({})]) {
    const failed = compilePipeline({ text: calls("top", "a.yaml"), ...(readDefinition && { readDefinition }) });
    const error = await failed.catch((thrown: unknown) => thrown as PipelineErrors);
    expect((error as PipelineErrors).errors).toMatchObject([{ code: "PIPELINE_NOT_FOUND", line: 4, column: 11 }]);
  }
});

const directory = useDirectory();

test("a child is a file of the project; a stored definition may name it as in pipelines/", async () => {
  mkdirSync(path.join(directory(), "pipelines"));
  writeFileSync(path.join(directory(), "pipelines", "leaf.yml"), leaf);
  const readDefinition = definitionReader(directory(), path.join(directory(), "home"));
  for (const name of ["pipelines/leaf.yml", "./pipelines/leaf.yml"]) {
    const { plan } = await compilePipeline({ text: calls("top", name), readDefinition });
    expect(plan.files).toEqual({ [name]: { file: "pipelines/leaf.yml", text: leaf } });
  }
  const text = "name: top\nstages:\n  child: { uses: pipeline, with: { pipeline: leaf, inputs: {} } }\n";
  const { plan } = await compilePipeline({ text, readDefinition, formerNotations: true });
  expect(plan.files).toEqual({ leaf: { file: "pipelines/leaf.yml", text: leaf } });
  const refused = await compilePipeline({ text, readDefinition }).catch((thrown: unknown) => thrown as PipelineErrors);
  expect((refused as PipelineErrors).errors).toMatchObject([
    { code: "NOT_ALLOWED", next: "write uses: ./pipelines/leaf.yaml; its inputs are in with" },
  ]);
  const missing = async (name: string, file: string) => {
    const failed = compilePipeline({ text: calls("top", name), file, readDefinition });
    return ((await failed.catch((thrown: unknown) => thrown)) as PipelineErrors).errors[0]!;
  };
  expect((await missing("./leaf.yml", "pipelines/top.yaml")).next).toBe(
    "paths start at the project directory: write pipelines/leaf.yml for a file beside this one",
  );
  expect((await missing("./pipelines/leav.yml", "pipelines/top.yaml")).next).toBe("correct the path");
});

test("a definition with its included stages written out has the same stages", async () => {
  const group =
    "stages:\n  text:\n    uses: dataset\n    with: { source: { text: a }, unit: line }\n" +
    "  tokens:\n    uses: tokenize\n    needs: [text]\n    if: stages.text.status == 'cached'\n" +
    '    with: { train: ["${{ stages.text.outputs.train }}"], vocabularySize: 300 }\n';
  const text = "name: top\ninclude: { in: group.yaml }\noutputs: { t: '${{ stages.in-tokens.outputs.tokens }}' }\n";
  const { read } = table({ "group.yaml": group });
  const { plan } = await compilePipeline({ text, readDefinition: read });
  const written = stringify(await definitionWithIncluded(readSource(text).source!.value as JsonObject, read));
  const { plan: whole } = await compilePipeline({ text: written });
  const stages = (one: typeof plan) => one.stages.map(({ line: _line, ...stage }) => stage);
  expect(stages(whole)).toEqual(stages(plan));
  expect(plan.stages.map(({ id, needs, line }) => ({ id, needs, line }))).toEqual([
    { id: "in-text", needs: [], line: 2 },
    { id: "in-tokens", needs: ["in-text"], line: 5 },
  ]);
  expect(plan.files).toEqual({ "group.yaml": { file: "group.yaml", text: group } });
});
