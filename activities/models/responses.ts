import { encodePrompts } from "../../lm/text/chat.js";
import { DecodingSession } from "../../lm/decode/decoding-session.js";
import type { Completion } from "../../lm/decode/generate.js";
import type { SamplingSettings } from "../../lm/decode/sampling.js";
import type { ResponseText } from "../../formats/evaluation.js";
import { PawlError } from "../../platform/errors.js";
import { usesChatTemplate, type OpenModel } from "./model.js";

/**
 * Prompts as the model reads them: in the chat template, or as a document that begins so.
 * @param chat which of the two; undefined: as the model has learned
 */
export async function promptTokens(
  model: OpenModel,
  prompts: readonly string[],
  chat: boolean | undefined,
): Promise<number[][]> {
  if (usesChatTemplate(model, chat)) return encodePrompts(model.tokenizer, prompts);
  const encoded = await model.tokenizer.encodeBatch([...prompts]);
  return encoded.map((ids) => [model.tokens.endOfText, ...ids]);
}

/** What a session must have room for. */
export interface SessionRoom {
  /** Sequences side by side. */
  rows: number;
  /** Tokens of the longest prompt. */
  longestPrompt: number;
  maxNewTokens: number;
  /** Tokens that will be chosen for a row. */
  steps: number;
  /** Rows that may begin with the same prompt. */
  samples: number;
}

/** The room that one list of prompts needs, as many side by side as a batch says. */
export function roomFor(
  prompts: readonly ArrayLike<number>[],
  { batchSize, maxNewTokens, samples = 1 }: { batchSize: number; maxNewTokens: number; samples?: number },
): SessionRoom {
  const rows = Math.min(batchSize, prompts.length);
  const steps = Math.ceil(prompts.length / rows) * maxNewTokens;
  return { rows, longestPrompt: longestPrompt(prompts), maxNewTokens, steps, samples: Math.min(samples, rows) };
}

export const longestPrompt = (prompts: readonly ArrayLike<number>[]): number =>
  prompts.reduce((most, { length }) => Math.max(most, length), 0);

/** A session that has the room. */
export function openSession(
  { architecture, weights }: Pick<OpenModel, "architecture" | "weights">,
  settings: SessionRoom & SamplingSettings,
): DecodingSession {
  const { rows, longestPrompt, maxNewTokens, steps, samples } = settings;
  const tokens = longestPrompt + maxNewTokens;
  return new DecodingSession(architecture, weights, { rows, tokens, sampling: settings, steps, samples });
}

/** Completions as text beside their prompts. */
export function decodeResponses(
  model: OpenModel,
  prompts: readonly string[],
  completions: readonly Completion[],
): Promise<ResponseText[]> {
  return Promise.all(
    completions.map(async ({ tokens, reason }, i) => ({
      prompt: prompts[i]!,
      text: await model.tokenizer.decode(tokens),
      tokens: tokens.length,
      reason,
    })),
  );
}

/** @throws PawlError CONTEXT_EXCEEDED naming the first prompt that leaves no room for a response */
export function checkPrompts(model: OpenModel, tokens: readonly (readonly number[])[]): void {
  const { contextLength } = model.architecture;
  const index = tokens.findIndex((ids) => ids.length > contextLength);
  if (index < 0) return;
  throw new PawlError("CONTEXT_EXCEEDED", "the prompt is longer than the model's context", {
    where: `with.prompts[${index}]`,
    expected: `at most ${contextLength} tokens`,
    got: `${tokens[index]!.length} tokens`,
    next: "shorten the prompt, or pretrain with a larger architecture.contextLength",
  });
}
