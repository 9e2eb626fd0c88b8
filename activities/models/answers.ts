import { encodePrompts } from "../../lm/text/chat.js";
import { DecodingSession } from "../../lm/decode/decoding-session.js";
import { generate, type Completion } from "../../lm/decode/generate.js";
import type { SamplingSettings } from "../../lm/decode/sampling.js";
import { PawlError } from "../../platform/errors.js";
import { loadBackend } from "../../tensor/backend.js";
import type { StageContext } from "../stage.js";
import { usesChatTemplate, type OpenModel } from "./model.js";

export interface Answer {
  prompt: string;
  text: string;
  /** Tokens of the answer. */
  tokens: number;
  reason: Completion["reason"];
}

export interface AnswerSettings extends SamplingSettings {
  maxNewTokens: number;
  batchSize: number;
  /** Wrap each prompt in the chat template, or continue it as text; absent: as the model has learned. */
  chat?: boolean;
}

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

/**
 * The model's answers.
 * @param tokens of each prompt, each shorter than the model's context
 */
export async function answer(
  model: OpenModel,
  prompts: readonly string[],
  tokens: readonly (readonly number[])[],
  settings: AnswerSettings,
  context: StageContext,
): Promise<Answer[]> {
  return answersOf(model, prompts, await complete(model, tokens, settings, context));
}

/** A prompt that is answered several times stands there as often, one after another. */
export interface Samples {
  /** Answers to each prompt; default 1. */
  samples?: number;
  /** Number of a prompt's first answer, default 0: answers of other numbers are drawn with other random numbers. */
  firstSample?: number;
}

/** The same as token ids. */
export async function complete(
  model: OpenModel,
  tokens: readonly (readonly number[])[],
  settings: AnswerSettings & Samples,
  context: StageContext,
): Promise<Completion[]> {
  if (tokens.length === 0) return [];
  await loadBackend();
  const { samples = 1, firstSample = 0, maxNewTokens } = settings;
  const session = openSession(model, tokens, settings);
  const prompts = tokens.map((ids, i) => ({
    tokens: ids,
    number: Math.floor(i / samples),
    sample: firstSample + (i % samples),
  }));
  try {
    const generation = { maxNewTokens, stop: model.tokens.stop, seed: context.seed };
    return await generate(session, prompts, generation, async (finished) => {
      context.progress({ phase: "generate", done: finished, total: tokens.length, unit: "prompts", metrics: {} });
      await context.yield();
    });
  } finally {
    session.dispose();
  }
}

/** A session that answers prompts, as many side by side as a batch says. */
export function openSession(
  { architecture, weights }: Pick<OpenModel, "architecture" | "weights">,
  prompts: readonly ArrayLike<number>[],
  settings: SamplingSettings & { batchSize: number; maxNewTokens: number } & Samples,
): DecodingSession {
  const { maxNewTokens, samples = 1 } = settings;
  const rows = Math.min(settings.batchSize, prompts.length);
  const longest = prompts.reduce((most, { length }) => Math.max(most, length), 0);
  return new DecodingSession(architecture, weights, {
    rows,
    tokens: longest + maxNewTokens,
    sampling: settings,
    steps: Math.ceil(prompts.length / rows) * maxNewTokens,
    samples: Math.min(samples, rows),
  });
}

/** Completions as text beside their prompts. */
export function answersOf(
  model: OpenModel,
  prompts: readonly string[],
  completions: readonly Completion[],
): Promise<Answer[]> {
  return Promise.all(
    completions.map(async ({ tokens, reason }, i) => ({
      prompt: prompts[i]!,
      text: await model.tokenizer.decode(tokens),
      tokens: tokens.length,
      reason,
    })),
  );
}

/** @throws PawlError CONTEXT_EXCEEDED naming the first prompt that leaves no room for an answer */
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
