import { mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { validatePipeline } from "../../../compiler/compile.js";
import { testContext, type TestContext } from "../../support/stage-context.js";
import { put, runDataset } from "../../support/datasets.js";

// Nothing here depends on time; a busy machine must not fail it.

const text = readFileSync(path.join(__dirname, "../../../docs/guides/own-data.md"), "utf8");
const blocks = [...text.matchAll(/^```(\w+)(?: (\S+))?\n(.*?)^```/gms)].map(([, language, file, content]) => ({
  language: language!,
  file,
  content: content!,
}));
const stages = blocks.filter(({ language }) => language === "yaml").map(({ content }) => content);
const isLocal = (stage: string) => !/url:|huggingFace:|pypi:/.test(stage);

let context: TestContext;
beforeEach(() => {
  context = testContext();
  for (const { file, content } of blocks) {
    if (file === undefined) continue;
    mkdirSync(path.dirname(path.join(context.workingDirectory, file)), { recursive: true });
    put(context, file, content);
  }
});
afterEach(() => context.remove());

test("the examples are there", () => {
  expect(stages.length).toBeGreaterThan(6);
  expect(stages.filter((stage) => !isLocal(stage))).toHaveLength(3);
});

test.each(stages)("this example is valid:\n%s", async (stage) => {
  const indented = stage.replace(/^(?=.)/gm, "  ");
  await expect(validatePipeline({ text: `name: example\nstages:\n${indented}` })).resolves.toMatchObject({
    warnings: [],
  });
});

test.each(stages.filter(isLocal))("this example runs:\n%s", async (stage) => {
  const [definition] = Object.values(parse(stage) as Record<string, { with: object }>);
  const { train, metrics } = await runDataset(context, definition!.with);
  expect(train.length).toBeGreaterThan(0);
  expect(metrics["droppedEmpty"]).toBe(0);
});
