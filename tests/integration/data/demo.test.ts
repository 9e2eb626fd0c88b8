import { dataset } from "../../../activities/dataset.js";
import type { InstructionRow } from "../../../formats/dataset.js";
import { testContext, type TestContext } from "../../support/stage-context.js";
import { rowsOf, settingsOf } from "../../support/datasets.js";
import { root, shippedPipeline } from "../../support/pipelines.js";

const demo = shippedPipeline("llm-from-scratch").stages;

const names = ["countries", "words", "glossary"];
const rows = new Map<string, InstructionRow[]>();
const questions = (stage: string) => rows.get(stage)!;

let context: TestContext;
beforeAll(async () => {
  context = testContext();
  for (const name of names.flatMap((one) => [one, `${one}-unseen`])) rows.set(name, await readQuestions(name));
});
afterAll(() => context.remove());

/** Runs a dataset stage. `file` sources lie below Pawl's own directory; the store stays in the temporary one. */
const run = (settings: object) => dataset(settingsOf("dataset", settings), { ...context, workingDirectory: root });

const results = new Map<string, ReturnType<typeof run>>();
/** The result of one of the demo's stages, which runs once. */
function resultOf(stage: string): ReturnType<typeof run> {
  const result = results.get(stage) ?? run(demo[stage]!.with);
  results.set(stage, result);
  return result;
}

async function readQuestions(stage: string): Promise<InstructionRow[]> {
  const { outputs } = await resultOf(stage);
  return (await rowsOf(context, outputs.train)) as InstructionRow[];
}

test.each(names)("%s: asked in words never seen, about facts that were", (name) => {
  const seen = questions(name);
  const unseen = questions(`${name}-unseen`);
  const asked = new Set(seen.map((row) => row.instruction.toLowerCase()));
  expect(unseen.filter((row) => asked.has(row.instruction.toLowerCase()))).toEqual([]);
  const answers = new Set(seen.map((row) => row.response));
  expect(unseen.filter((row) => !answers.has(row.response))).toEqual([]);
  expect(asked.has("what is an llm?")).toBe(false);
  expect(unseen.length).toBeGreaterThan(100);
});

test("one question has one answer", () => {
  const answers = new Map<string, string>();
  for (const name of names)
    for (const { instruction, response } of questions(name)) {
      const known = answers.get(instruction);
      if (known !== undefined && known !== response) throw new Error(`${instruction}: ${known} / ${response}`);
      answers.set(instruction, response);
    }
  expect(answers.get("Name the capital of Japan.")).toBe("Tokyo");
  expect(answers.get("Tell me what an LLM is.")).toContain("large language model");
});

/** The first digits of the digests of both outputs: rows held out are empty where a stage holds none out. */
test.each([
  ["definitions", "9efc3569b1f47a35", "ea8072efc1254fc8"],
  ["countries", "9d7068ee5918fe5b", "e2d259c2e8b7bb44"],
  ["countries-unseen", "55167dcfc98d7352", "e2d259c2e8b7bb44"],
  ["words", "bedb772a30269b1e", "44dddec1adc145f7"],
  ["words-unseen", "52c787aea92e1c8f", "44dddec1adc145f7"],
  ["glossary", "e8090181ad25f972", "752ae478e3a173f7"],
  ["glossary-unseen", "5ac611aff6e37e82", "752ae478e3a173f7"],
  ["addition", "cbf9ae469cb764b0", "0e1b4ecf294bc2b1"],
  ["addition-practice", "2ce8d14aa3907fc2", "0e1b4ecf294bc2b1"],
  ["addition-unseen", "5d5a611efbb81144", "0e1b4ecf294bc2b1"],
  ["code", "b8ec1e34859f5d01", "0e1b4ecf294bc2b1"],
  ["code-practice", "5c162c7deeef42f7", "0e1b4ecf294bc2b1"],
  ["code-unseen", "307b5e6eb9eeb4d7", "0e1b4ecf294bc2b1"],
  ["summaries", "c1c7b13725999ff8", "e2d259c2e8b7bb44"],
  ["stories", "2d78555916184c8b", "e2d259c2e8b7bb44"],
  ["story-prompts", "14005fc74ce16e2b", "d28d3ee876835fed"],
])("the rows of %s are those that the metrics were measured with", async (stage, train, heldOut) => {
  const { outputs } = await resultOf(stage);
  expect([outputs.train.digest.slice(0, 16), outputs.heldOut.digest.slice(0, 16)]).toEqual([train, heldOut]);
});

test("those of long-context are the same every time", async () => {
  const { long, short } = shippedPipeline("long-context", { shortDocuments: 300 }).stages;
  expect((await run(short!.with)).outputs.train.digest.slice(0, 16)).toBe("c307dbb0d0b85ee1");
  expect((await run(long!.with)).outputs.train.digest.slice(0, 16)).toBe("dcebe55800d12f35");
});
