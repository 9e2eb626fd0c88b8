import { readInstructions, type InstructionRow } from "../../formats/dataset.js";
import { encodePrompts } from "../../lm/text/chat.js";
import type { ArtifactRef } from "../../schemas/artifact.js";
import { PawlError } from "../../platform/errors.js";
import type { OpenModel } from "../models/model.js";
import type { StageContext } from "../stage.js";

/** Prompts to respond to in reinforcement learning. */
export interface PromptSet {
  rows: InstructionRow[];
  /** Token ids of each row's prompt in the chat template. */
  tokens: number[][];
  /** Tokens of the longest. */
  longest: number;
  /** Rows left out because they leave no room for a response. */
  tooLong: number;
}

/**
 * Rows whose prompt and longest response fit the context.
 * @param settings.context tokens that every model reading them can hold
 * @throws PawlError DATA_EMPTY without rows; CONTEXT_EXCEEDED if none fits
 */
export async function readPrompts(
  refs: readonly ArtifactRef<"dataset">[],
  model: OpenModel,
  settings: { maxNewTokens: number; context: number; where: string },
  context: StageContext,
): Promise<PromptSet> {
  const rows: InstructionRow[] = [];
  for (const ref of refs) for await (const row of readInstructions(await context.openArtifact(ref))) rows.push(row);
  if (rows.length === 0)
    throw new PawlError("DATA_EMPTY", "there are no prompts to respond to", {
      where: settings.where,
      expected: "at least one instruction row",
      got: "0 rows",
      next: "check the dataset stage before: source, query, limit, heldOut",
    });
  const tokens = await encodePrompts(
    model.tokenizer,
    rows.map(({ instruction }) => instruction),
  );
  const room = settings.context - settings.maxNewTokens;
  const fits = tokens.map((ids) => ids.length <= room);
  const kept = tokens.filter((_, i) => fits[i]);
  const shortest = tokens.reduce((least, ids) => Math.min(least, ids.length), Infinity);
  if (kept.length === 0)
    throw new PawlError("CONTEXT_EXCEEDED", "no prompt leaves room for a response", {
      where: settings.where,
      expected: `prompts of at most ${room} tokens (context ${settings.context} − maxNewTokens ${settings.maxNewTokens})`,
      got: `the shortest has ${shortest}`,
      next: "lower maxNewTokens, shorten the prompts, or pretrain with a larger architecture.contextLength",
    });
  const tooLong = rows.length - kept.length;
  if (tooLong > 0) context.log(`${tooLong} of ${rows.length} prompts leave no room for a response: left out`);
  return {
    rows: rows.filter((_, i) => fits[i]),
    tokens: kept,
    longest: kept.reduce((most, ids) => Math.max(most, ids.length), 0),
    tooLong,
  };
}
