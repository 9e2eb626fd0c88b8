import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { dataset } from "../../../activities/dataset.js";
import type { InstructionRow } from "../../../formats/dataset.js";
import { testContext, type TestContext } from "./stage-context.js";
import { rowsOf, settingsOf } from "./support.js";

const root = path.join(__dirname, "../../..");
const demo = parse(readFileSync(path.join(root, "pipelines/llm-from-scratch.yaml"), "utf8")) as {
  stages: Record<string, { with: object }>;
};

const names = ["countries", "words", "glossary"];
const rows = new Map<string, InstructionRow[]>();
const questions = (stage: string) => rows.get(stage)!;

let context: TestContext;
beforeAll(async () => {
  context = testContext();
  for (const name of names.flatMap((one) => [one, `${one}-unseen`])) rows.set(name, await readQuestions(name));
}, 180_000);
afterAll(() => context.remove());

async function readQuestions(stage: string): Promise<InstructionRow[]> {
  const settings = settingsOf("dataset", demo.stages[stage]!.with);
  // `file` sources lie below Pawl's own folder; the store stays in the temporary one.
  const { outputs } = await dataset(settings, { ...context, workingFolder: root });
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
