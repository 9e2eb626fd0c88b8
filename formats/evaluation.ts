import { join } from "node:path";
import { readJson, writeJson } from "./json-file.js";

/** The artifact `evaluation`: `evaluation.json`, one part for each thing that was measured. */
export interface Evaluation {
  text?: TextFigures;
  questions?: QuestionFigures;
  comparison?: ComparisonFigures;
  divergence?: DivergenceFigures;
  baseline?: { forgetting?: number; accuracyChange?: number };
  /** Answers to `prompts`. */
  samples: AnswerText[];
}

export interface TextFigures {
  bitsPerByte: number;
  entropyBitsPerByte: number;
  brotliBitsPerByte: number;
  bytes: number;
  /** Digests of the datasets. */
  data: string[];
}

export interface QuestionFigures {
  accuracy: number;
  exactMatch: number;
  meanScore?: number;
  /** pass@k by k. */
  passAt?: Record<string, number>;
  /** By the rows' task, where rows have one. */
  tasks?: Record<string, { accuracy: number; questions: number }>;
  questions: number;
  questionsTooLong: number;
  /** What made an answer right. */
  verifiers: string;
  /** Answers that the verifiers came to no verdict on, by metric name. */
  failures: Record<string, number>;
  /** Digests of the datasets. */
  data: string[];
  /** Every answer; several to one question stand one after another. */
  answers: JudgedAnswer[];
}

export interface ComparisonFigures {
  winRate: number;
  winRateLow: number;
  winRateHigh: number;
  wins: number;
  losses: number;
  ties: number;
  comparisons: number;
  comparisonsTooLong: number;
  judge: string;
  failures: Record<string, number>;
  answers: { prompt: string; ours: string; theirs: string; ourScore: number; theirScore: number }[];
}

export interface DivergenceFigures {
  /** Nats an answer. */
  kl: number;
  klError: number;
  answers: number;
  /** Of all answers, the ones that end them included. */
  tokens: number;
}

export interface AnswerText {
  prompt: string;
  text: string;
  /** Tokens of the answer. */
  tokens: number;
  /** Why it ends. */
  reason: "stop" | "length" | "context";
}

export interface JudgedAnswer extends AnswerText {
  reference: string;
  right: boolean;
  score?: number;
  task?: string;
}

const file = "evaluation.json";

export function writeEvaluation(folder: string, evaluation: Evaluation): Promise<void> {
  return writeJson(join(folder, file), evaluation);
}

export async function readEvaluation(folder: string): Promise<Evaluation> {
  return (await readJson(join(folder, file))) as unknown as Evaluation;
}
