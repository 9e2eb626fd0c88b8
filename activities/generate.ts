import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { answer, checkPrompts, promptTokens } from "./models/answers.js";
import { openModel } from "./models/model.js";
import type { Stage } from "./stage.js";

/** Writes continuations of, or answers to, prompts. */
export const generate: Stage<"generate"> = async (settings, context) => {
  const model = await openModel(settings.model, context);
  const tokens = await promptTokens(model, settings.prompts, settings.chat);
  checkPrompts(model, tokens);
  const answers = await answer(model, settings.prompts, tokens, settings, context);
  const samples = await context.putArtifact("samples", (folder) =>
    writeFile(join(folder, "samples.jsonl"), answers.map((a) => JSON.stringify(a) + "\n").join("")),
  );
  const written = answers.reduce((sum, a) => sum + a.tokens, 0);
  return { outputs: { samples }, metrics: { samples: answers.length, tokens: written } };
};
