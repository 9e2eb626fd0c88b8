import { readFileSync } from "node:fs";
import path from "node:path";
import { mutated } from "../../../bench/support/mutations.js";
import { compilePipeline } from "../../../compiler/compile.js";
import { PipelineErrors } from "../../../compiler/errors.js";

const root = path.join(import.meta.dirname, "../../..");
const texts = ["tiny", "tiny-rl"].map((name) => readFileSync(path.join(root, "pipelines", `${name}.yaml`), "utf8"));

test("a mutated definition is a function of its numbers, and nearly always another one", () => {
  const made = Array.from({ length: 50 }, (_, index) => mutated(texts, 1, index));
  expect(Array.from({ length: 50 }, (_, index) => mutated(texts, 1, index))).toEqual(made);
  expect(
    new Set([...made, ...Array.from({ length: 50 }, (_, index) => mutated(texts, 2, index))]).size,
  ).toBeGreaterThan(90);
});

// 20,000 of them: `npm run bench -- fuzz`.
test("whatever a definition says, the answer is a plan or errors with their places", async () => {
  let refused = 0;
  for (let index = 0; index < 40; index++) {
    const text = mutated(texts, 3, index);
    const outcome = await compilePipeline({ text, file: "mutated.yaml" }).catch((error: unknown) => error);
    if (!(outcome instanceof Error)) continue;
    refused++;
    if (!(outcome instanceof PipelineErrors)) throw new Error(`definition ${index}`, { cause: outcome });
    for (const error of outcome.errors)
      expect(error).toMatchObject({ line: expect.any(Number), next: expect.any(String) });
  }
  expect(refused).toBeGreaterThan(20);
});
