import { writeSamples } from "../formats/samples.js";
import { writeAll } from "./generate/write.js";
import { checkPrompts, promptTokens } from "./models/responses.js";
import { openModel } from "./models/model.js";
import type { Stage } from "./stage.js";

/** Writes continuations of, or responses to, prompts. */
export const generate: Stage<"generate"> = async (settings, context) => {
  const model = await openModel(settings.model, context);
  const tokens = await promptTokens(model, settings.prompts, settings.chat);
  checkPrompts(model, tokens);
  const written = await writeAll(model, tokens, settings, context);
  const samples = await context.putArtifact("samples", (directory) => writeSamples(directory, written));
  const cut = written.filter(({ reason }) => reason !== "stop").length;
  if (settings.stop.length > 0 && cut > 0)
    context.log(`${cut} of ${written.length} texts ended before any of the texts in with.stop came`);
  const count = written.reduce((sum, sample) => sum + sample.tokens, 0);
  return { outputs: { samples }, metrics: { samples: written.length, tokens: count, cut } };
};
