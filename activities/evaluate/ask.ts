import type { InstructionRow } from "../../formats/dataset.js";
import type { ResponseText } from "../../formats/evaluation.js";
import type { Completion } from "../../lm/decode/generate.js";
import type { ArtifactRef } from "../../schemas/artifact.js";
import { PawlError } from "../../platform/errors.js";
import { promptTokens, decodeResponses } from "../models/responses.js";
import type { OpenModel } from "../models/model.js";
import type { StageContext } from "../stage.js";
import type { Responder } from "./responder.js";

/** A question for a model. */
export interface Question {
  prompt: string;
  reference?: string;
  task?: string;
  entity?: string;
}

/** The question of an instruction, with what is known of it. */
export function toQuestion({ instruction, response, task, entity }: InstructionRow): Question {
  const about = { ...(task !== undefined && { task }), ...(entity !== undefined && { entity }) };
  return { prompt: instruction, reference: response, ...about };
}

/** Questions as a model reads them. */
export interface Encoded {
  /** Questions that fit into the context. */
  questions: Question[];
  tooLong: number;
  /** Responses to each question, one after another. */
  samples: number;
  /** Token ids of the prompt of each response. */
  prompts: number[][];
}

export interface AskedQuestions extends Encoded {
  completions: Completion[];
  responses: ResponseText[];
}

/**
 * Encodes questions, and leaves out those that are too long.
 * @param longest longest prompt, tokens
 * @param where the questions come from, for messages
 * @throws PawlError CONTEXT_EXCEEDED when every question is too long
 */
export async function encodeQuestions(
  model: OpenModel,
  questions: readonly Question[],
  { samples, longest, where, chat }: { samples: number; longest: number; where: string; chat?: boolean },
): Promise<Encoded> {
  const texts = questions.map(({ prompt }) => prompt);
  const encoded = await promptTokens(model, texts, chat);
  const fitting = encoded.flatMap((ids, i) => (ids.length <= longest ? [i] : []));
  if (fitting.length === 0) throw allTooLong(where, longest, encoded);
  const prompts = fitting.flatMap((i) => new Array<number[]>(samples).fill(encoded[i]!));
  const fittingQuestions = fitting.map((i) => questions[i]!);
  return { questions: fittingQuestions, tooLong: questions.length - fittingQuestions.length, samples, prompts };
}

/**
 * Lets a model respond to questions.
 * @param firstSample number of each question's first response; default 0
 */
export async function ask(responder: Responder, encoded: Encoded, firstSample = 0): Promise<AskedQuestions> {
  const { questions, samples, prompts } = encoded;
  const completions = await responder.complete(prompts, { samples, firstSample });
  const texts = prompts.map((_, i) => questions[Math.floor(i / samples)]!.prompt);
  return { ...encoded, completions, responses: await decodeResponses(responder.model, texts, completions) };
}

/**
 * Rows of datasets.
 * @throws PawlError DATA_EMPTY if there are none
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
  throw new PawlError("DATA_EMPTY", "there are no rows to evaluate on", {
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
    next: "use shorter questions, or pretrain with a larger architecture.contextLength",
  });
}
