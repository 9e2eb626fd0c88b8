import type { InstructionRow } from "../../formats/dataset.js";
import type { Completion } from "../../lm/decode/generate.js";
import type { ArtifactRef } from "../../schemas/artifact.js";
import { PawlError } from "../../platform/errors.js";
import { answersOf, complete, promptTokens, type Answer, type AnswerSettings } from "../models/answers.js";
import type { OpenModel } from "../models/model.js";
import type { StageContext } from "../stage.js";

/** What a model is asked. */
export interface Question {
  prompt: string;
  reference?: string;
  task?: string;
  entity?: string;
}

/** The question of an instruction, with what is known of it. */
export function questionOf({ instruction, response, task, entity }: InstructionRow): Question {
  const about = { ...(task !== undefined && { task }), ...(entity !== undefined && { entity }) };
  return { prompt: instruction, reference: response, ...about };
}

export interface Asked {
  /** Those that fit the context. */
  questions: Question[];
  tooLong: number;
  /** Answers to each question, one after another. */
  samples: number;
  /** Token ids of the prompt of each answer. */
  prompts: number[][];
  completions: Completion[];
  answers: Answer[];
}

export interface AskSettings extends AnswerSettings {
  samples: number;
  /** Number of a prompt's first answer, for its random numbers; default 0. */
  firstSample?: number;
  /** Longest prompt, tokens. */
  longest: number;
  /** Where the questions come from, for messages. */
  where: string;
}

/**
 * The questions whose prompts a model can read, each with its prompt's token ids.
 * @throws PawlError CONTEXT_EXCEEDED when every question is too long
 */
export async function readable(
  model: OpenModel,
  questions: readonly Question[],
  { chat, longest, where }: Pick<AskSettings, "chat" | "longest" | "where">,
): Promise<{ questions: Question[]; tokens: number[][] }> {
  const texts = questions.map(({ prompt }) => prompt);
  const encoded = await promptTokens(model, texts, chat);
  const fitting = encoded.flatMap((ids, i) => (ids.length <= longest ? [i] : []));
  if (fitting.length === 0) throw allTooLong(where, longest, encoded);
  return { questions: fitting.map((i) => questions[i]!), tokens: fitting.map((i) => encoded[i]!) };
}

/**
 * Answers to questions.
 * @throws PawlError CONTEXT_EXCEEDED when every question is too long
 */
export async function ask(
  model: OpenModel,
  questions: readonly Question[],
  settings: AskSettings,
  context: StageContext,
): Promise<Asked> {
  const { samples } = settings;
  const { questions: asked, tokens } = await readable(model, questions, settings);
  const each = asked.flatMap((_, i) => new Array<number>(samples).fill(i));
  const prompts = each.map((i) => tokens[i]!);
  const completions = await complete(model, prompts, settings, context);
  const answers = await answersOf(
    model,
    each.map((i) => asked[i]!.prompt),
    completions,
  );
  return { questions: asked, tooLong: questions.length - asked.length, samples, prompts, completions, answers };
}

/**
 * Rows of datasets.
 * @throws PawlError DATA_EMPTY when there is none
 */
export async function collect<T>(
  refs: readonly ArtifactRef<"dataset">[],
  read: (directory: string) => AsyncGenerator<T>,
  where: string,
  context: StageContext,
): Promise<T[]> {
  const all: T[] = [];
  for (const ref of refs) for await (const row of read(await context.openArtifact(ref))) all.push(row);
  if (all.length > 0) return all;
  throw new PawlError("DATA_EMPTY", "there is nothing to measure on", {
    where,
    expected: "at least one row",
    got: "0 rows",
    next: "check the dataset stage before: source, query, limit, heldOut",
  });
}

function allTooLong(where: string, longest: number, encoded: readonly (readonly number[])[]): PawlError {
  const shortest = encoded.reduce((least, ids) => Math.min(least, ids.length), Infinity);
  return new PawlError("CONTEXT_EXCEEDED", "every question is longer than the model's context", {
    where,
    expected: `questions of at most ${longest} tokens`,
    got: `the shortest has ${shortest}`,
    next: "take shorter questions, or pretrain with a larger architecture.contextLength",
  });
}
