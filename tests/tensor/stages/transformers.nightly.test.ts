import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { openModel } from "../../../activities/models/model.js";
import { openRewardJudge } from "../../../activities/scoring/reward-judge.js";
import { encodePrompts } from "../../../lm/text/chat.js";
import type { StageWith } from "../../../schemas/stages/index.js";
import { forwardLogits } from "../lm/logits.js";
import { makeBatch, distance } from "../lm/support.js";
import { runPython, testWithTorch } from "../../support/python.js";
import { makeData, runStage, stageContext, tinyPretraining, whole } from "./support.js";
beforeAll(loadTensorFlow);

const script = `
import json, sys
import torch, transformers
directory, question = sys.argv[1:]
model = transformers.AutoModelForCausalLM.from_pretrained(directory)
tokenizer = transformers.AutoTokenizer.from_pretrained(directory)
text = tokenizer.apply_chat_template([{"role": "user", "content": question}], tokenize=False, add_generation_prompt=True)
ids = tokenizer(text, return_tensors="pt").input_ids
with torch.no_grad():
    logits = model(input_ids=ids).logits[0]
print(json.dumps({"type": type(model).__name__, "ids": ids[0].tolist(), "logits": logits.flatten().tolist(),
                  "decoded": tokenizer.decode(ids[0], skip_special_tokens=True)}))
`;

testWithTorch("transformers loads the exported directory: same prompt, same logits to 1e-4", () =>
  expectSameLogits({}),
);

for (const type of ["linear", "ntk", "yarn"] as const)
  testWithTorch(`transformers loads an exported model with scaled RoPE: the same logits to 1e-4 (${type})`, () =>
    expectSameLogits({ ropeScaling: { type, factor: 4, originalContextLength: 12 } }),
  );

async function expectSameLogits(layout: Partial<StageWith<"pretrain">["architecture"]>): Promise<void> {
  const context = stageContext();
  const { tokens } = await makeData(context);
  const architecture = { ...tinyPretraining.architecture, ...layout };
  const base = await runStage("pretrain", { tokens, ...tinyPretraining, architecture }, context);
  // Only a model that was fine-tuned has a chat template.
  const row = { instruction: "What bends?", response: "The spring." };
  writeFileSync(path.join(context.workingDirectory, "row.jsonl"), JSON.stringify(row) + "\n");
  const data = (await runStage("dataset", { source: { file: "row.jsonl" } }, context)).outputs.train;
  const { outputs } = await runStage("sft", { model: base.outputs.model, data: [whole(data)], batchSize: 1 }, context);
  await runStage("export", { model: outputs.model, to: "exported" }, context);
  // The accent stands on its own: a tokenizer that normalizes to NFC would read other tokens.
  const question = "What holds the whe\u0301el?";
  const file = path.join(context.workingDirectory, "load.py");
  writeFileSync(file, script);
  const exported = path.join(context.workingDirectory, "exported");
  const theirs = runPython<{ type: string; ids: number[]; logits: number[]; decoded: string }>(
    file,
    exported,
    question,
  );

  const model = await openModel(outputs.model, context);
  const [ids] = await encodePrompts(model.tokenizer, [question]);
  expect(theirs.type).toBe("Qwen3ForCausalLM");
  expect(theirs.ids).toEqual(ids);
  expect(theirs.decoded).toContain(question);
  const ours = forwardLogits(model.architecture, model.weights, makeBatch([[[...ids!, 0]]], ids!.length));
  expect(distance(ours, theirs.logits)).toBeLessThan(1e-4);
  const config = JSON.parse(readFileSync(path.join(context.workingDirectory, "exported", "config.json"), "utf8")) as {
    pad_token_id: number;
    eos_token_id: number;
  };
  expect(config.pad_token_id).not.toBe(config.eos_token_id);
  context.remove();
}

testWithTorch("and that of a model with sliding windows", () => expectSameLogits({ attention: "local", window: 3 }));

test("a model whose attention transformers does not have is not exported, and the error says what to do", async () => {
  const context = stageContext();
  const { tokens } = await makeData(context);
  const architecture = { ...tinyPretraining.architecture, attention: "local" as const, window: 8, sinks: 1 };
  const { outputs } = await runStage("pretrain", { tokens, ...tinyPretraining, architecture, steps: 1 }, context);
  await expect(runStage("export", { model: outputs.model, to: "exported" }, context)).rejects.toMatchObject({
    code: "MODEL_INVALID",
    facts: { where: "with.model", next: expect.stringContaining("Qwen3") as string },
  });
  context.remove();
});

const rewardScript = `
import json, sys
import torch, transformers
directory, prompt, response = sys.argv[1:]
model = transformers.AutoModelForSequenceClassification.from_pretrained(directory)
tokenizer = transformers.AutoTokenizer.from_pretrained(directory)
messages = [{"role": "user", "content": prompt}]
text = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True) + response + "<|im_end|>"
short = tokenizer(text, return_tensors="pt")
padded = tokenizer([text, text + " and more, so that the first is padded"], return_tensors="pt", padding=True, padding_side="right")
with torch.no_grad():
    scores = [model(**short).logits[0, 0].item(), model(**padded).logits[0, 0].item()]
print(json.dumps({"type": type(model).__name__, "scores": scores}))
`;
import { loadTensorFlow } from "../support.js";

testWithTorch("transformers loads an exported reward model: the same score to 1e-4, padded or not", async () => {
  const context = stageContext();
  const { tokens } = await makeData(context);
  const { outputs } = await runStage("pretrain", { tokens, ...tinyPretraining }, context);
  const [prompt, chosen, rejected] = ["What bends?", "The spring.", "The wheel."];
  writeFileSync(path.join(context.workingDirectory, "pair.jsonl"), JSON.stringify({ prompt, chosen, rejected }) + "\n");
  const pairs = (await runStage("dataset", { source: { file: "pair.jsonl" } }, context)).outputs.train;
  const fitted = await runStage("reward-model", { model: outputs.model, data: [pairs], batchSize: 1 }, context);
  await runStage("export", { rewardModel: fitted.outputs.rewardModel, to: "exported" }, context);
  const file = path.join(context.workingDirectory, "load.py");
  writeFileSync(file, rewardScript);
  const exported = path.join(context.workingDirectory, "exported");
  const theirs = runPython<{ type: string; scores: number[] }>(file, exported, prompt, chosen);

  const judge = await openRewardJudge(fitted.outputs.rewardModel, context);
  const [ours] = await judge.score([{ prompt, response: chosen }]);
  await judge.close();
  expect(theirs.type).toBe("Qwen3ForSequenceClassification");
  for (const score of theirs.scores) expect(Math.abs(score - ours!)).toBeLessThan(1e-4);
  context.remove();
});
