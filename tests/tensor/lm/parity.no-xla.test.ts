import path from "node:path";
import { fromConfig } from "../../../lm/model/hugging-face.js";
import { Trainer } from "../../../lm/train/trainer.js";
import parity from "../../fixtures/parity.json" with { type: "json" };
import { runPython, testWithTorch } from "../../support/python.js";
import { forwardLogits } from "./logits.js";
import { adamw, makeBatch, distance, formulaWeights, noise } from "./support.js";
import { loadTensorFlow } from "../support.js";

// Python takes a while to load PyTorch.
beforeAll(loadTensorFlow);

const rows = 2;
const length = 24;

/** Rows of 25 tokens, as make_parity.py makes them. */
function tokenRows(step: number): number[][] {
  const all = Array.from(noise(1000 + step, rows * (length + 1)), (v) =>
    Math.floor((v + 1) * 0.5 * parity.config.vocab_size),
  );
  return [all.slice(0, length + 1), all.slice(length + 1)];
}

const architectureOf = (name: "tied" | "untied") =>
  fromConfig({ model_type: "qwen3", ...parity.config, tie_word_embeddings: name === "tied" });

test.each(["tied", "untied"] as const)("from equal weights, logits equal transformers' to 1e-4 (%s)", (name) => {
  const architecture = architectureOf(name);
  const batch = makeBatch(
    tokenRows(0).map((row) => [row]),
    length,
  );
  const logits = forwardLogits(architecture, formulaWeights(architecture), batch);
  expect(distance(logits, parity[name].logits)).toBeLessThan(1e-4);
});

/** Our losses of the updates that make_parity.py does; our documents are packed, its are not. */
function ourLosses(): number[] {
  const architecture = architectureOf("tied");
  const steps = 50;
  const schedule = { kind: "cosine" as const, learningRate: 3e-3, minimumLearningRate: 3e-4, warmupSteps: 5, steps };
  const trainer = new Trainer(
    { architecture, shape: { rows, length }, accumulate: 1, optimizer: adamw, schedule },
    formulaWeights(architecture),
  );
  const losses = Array.from({ length: steps }, (_, step) => {
    const [first, second] = tokenRows(step % 5) as [number[], number[]];
    // The last token of a document is the target of its last prediction, and the next one's first
    // token.
    return trainer.step(step, [makeBatch([[first.slice(0, 11), first.slice(10)], [second]], length)]).loss;
  });
  trainer.dispose();
  return losses;
}

test("50 updates give PyTorch's losses to 1e-3, as recorded", () => {
  expect(distance(ourLosses(), parity.tied.losses)).toBeLessThan(1e-3);
});

testWithTorch("50 updates give PyTorch's losses to 1e-3, computed now; the record is still right", () => {
  const live = runPython<typeof parity>(path.join(import.meta.dirname, "..", "..", "fixtures", "make_parity.py"), "-");
  expect(live.tied.losses).toHaveLength(50);
  expect(distance(ourLosses(), live.tied.losses)).toBeLessThan(1e-3);
  expect(distance(parity.tied.losses, live.tied.losses)).toBeLessThan(1e-3);
  for (const name of ["tied", "untied"] as const)
    expect(distance(parity[name].logits, live[name].logits)).toBeLessThan(1e-4);
});
