import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { heatMap } from "./heat-map.js";
import { readJson, writeJson } from "./json-file.js";

/** The artifact `evaluation`: `evaluation.json`, one part for each thing that was measured. */
export interface Evaluation {
  contamination?: ContaminationMetrics;
  text?: TextMetrics;
  questions?: QuestionMetrics;
  comparison?: ComparisonMetrics;
  divergence?: DivergenceMetrics;
  byPosition?: PositionMetrics;
  needle?: NeedleMetrics;
  /** After each context that a model was extended to. */
  contexts?: ExtensionMetrics[];
  baseline?: { forgetting?: number; accuracyChange?: number };
  /** Responses to `prompts`. */
  samples: ResponseText[];
}

/** How much of a model's evaluation data occurs in its training data. */
export type ContaminationMetrics =
  | {
      /**
       * "unknown": the store does not record all that the model has learned from, for these
       * reasons.
       */
      trainingData: "unknown";
      reasons: string[];
    }
  | {
      /** Digests of the datasets that the model has learned from. */
      trainingData: string[];
      /** Share of the rows all of whose grams occur in the training data. */
      contaminatedRows: number;
      /** Share of the grams: 13 consecutive words, or a shorter row as a whole. */
      contaminatedGrams: number;
      sources: ContaminationSource[];
      /** One for each share that is above its limit. */
      warnings: string[];
    };

/** Contamination of one held-out dataset: counts. */
export interface ContaminationSource {
  /** The setting that names it: `with.questions[0]`. */
  where: string;
  /** Digest of the dataset. */
  data: string;
  rows: number;
  contaminatedRows: number;
  grams: number;
  contaminatedGrams: number;
  /** Rows without a letter or digit; they are not among `rows`. */
  wordlessRows: number;
}

export interface TextMetrics {
  bitsPerByte: number;
  entropyBitsPerByte: number;
  /** Without the training text. */
  brotliBitsPerByte: number;
  /** After Brotli has read training text. */
  brotliTrainedBitsPerByte?: number;
  /**
   * That text: bytes read, bytes of rows left out because the window holds no more, and digests of
   * the datasets.
   */
  compressorRead?: { bytes: number; leftOut: number; data: string[] };
  bytes: number;
  /** Digests of the datasets. */
  data: string[];
}

/**
 * A share with its 95 % interval, which is over questions or entities, not over responses to the
 * same question.
 */
export interface Share {
  share: number;
  low: number;
  high: number;
}

export interface QuestionMetrics {
  accuracy: number;
  /** Its 95 % interval: over questions, or over entities if their number is given here. */
  accuracyLow: number;
  accuracyHigh: number;
  entities?: number;
  exactMatch: number;
  meanScore?: number;
  /**
   * Responses worked step by step, by a pattern; an accuracy is absent if there is no such
   * response.
   */
  reasoning?: { responses: number; share: Share; accuracyWith?: Share; accuracyWithout?: Share };
  /** pass@k by k. */
  passAt?: Record<string, Share>;
  /** By the rows' task, if rows have one. */
  tasks?: Record<string, { accuracy: number; questions: number }>;
  questions: number;
  questionsTooLong: number;
  /** What made a response right. */
  verifiers: string;
  /** Responses without a verdict of the verifiers, by metric name. */
  failures: Record<string, number>;
  /** Digests of the datasets. */
  data: string[];
  /** Every response; several to one question follow each other. */
  responses: JudgedResponse[];
}

export interface ComparisonMetrics {
  winRate: number;
  winRateLow: number;
  winRateHigh: number;
  /** Present if the interval is over entities. */
  entities?: number;
  wins: number;
  losses: number;
  ties: number;
  comparisons: number;
  comparisonsTooLong: number;
  /**
   * Share of the judge's decisions in which the longer response wins; equal lengths count half.
   * Absent without a decision.
   */
  lengthAgreement?: number;
  /** The win rate of a judge that prefers the longer response. */
  lengthWinRate: number;
  judge: string;
  failures: Record<string, number>;
  responses: { prompt: string; ours: string; theirs: string; ourScore: number; theirScore: number }[];
}

export interface DivergenceMetrics {
  /** Nats per response. */
  kl: number;
  /** Standard error over questions; absent if there is only one question. */
  klError?: number;
  responses: number;
  /** Of all responses, the ones that end them included. */
  tokens: number;
}

/** Bits per byte by the position in the context. */
export interface PositionMetrics {
  /** The positions at which a byte is predicted. */
  ranges: { from: number; to: number; bitsPerByte: number; bytes: number }[];
  /** Texts that fill the context. */
  windows: number;
  /** Tokens of a window. */
  contextLength: number;
}

export interface NeedleMetrics {
  /** Tokens of the texts. */
  lengths: number[];
  /** Places of the needle, 0 (beginning) … 1 (end). */
  depths: number[];
  /** Share of needles found, [lengths][depths]. */
  found: number[][];
  /** By length. */
  byLength: NeedleLengthMetrics[];
  /** Texts for each length and depth. */
  samples: number;
  distractors: number;
  statement: string;
  question: string;
}

/** Needles in texts of one length, all depths. */
export interface NeedleLengthMetrics {
  needles: number;
  found: number;
  /** 95 % interval of `found` (Wilson 1927). */
  low: number;
  high: number;
  /** Share that is found by naming any value of the key, without reading the text. */
  guess: number;
  /**
   * Share that is found by naming the value of any statement in the text, whichever key it is of.
   */
  anyStatement: number;
  /**
   * Share of needles of which a token is within the reach of the model's attention, through all its
   * layers.
   */
  withinReach: number;
}

/** The results of training at one context. */
export interface ExtensionMetrics {
  contextLength: number;
  /** Optimizer steps. */
  steps: number;
  /** Training loss of the last optimizer steps, nats per token; absent without a step. */
  loss?: number;
  /** Predictions trained on. */
  tokens: number;
  byPosition?: PositionMetrics;
  needle?: NeedleMetrics;
}

export interface ResponseText {
  prompt: string;
  text: string;
  /** Tokens of the response. */
  tokens: number;
  /** Why it ends. */
  reason: "stop" | "length" | "context";
}

export interface JudgedResponse extends ResponseText {
  reference: string;
  right: boolean;
  score?: number;
  task?: string;
}

const file = "evaluation.json";

/** Writes an evaluation, and `needle.svg` if needles were tested. */
export async function writeEvaluation(directory: string, evaluation: Evaluation): Promise<void> {
  await writeJson(join(directory, file), evaluation);
  if (evaluation.needle) await writeFile(join(directory, "needle.svg"), needleHeatMap(evaluation.needle));
}

export async function readEvaluation(directory: string): Promise<Evaluation> {
  return (await readJson(join(directory, file))) as unknown as Evaluation;
}

/** Share of needles found: lengths from left to right, depths from top to bottom. */
export function needleHeatMap({ lengths, depths, found, distractors }: NeedleMetrics): string {
  return heatMap({
    title: `Needles found, of ${distractors + 1} in each text`,
    columns: { title: "tokens", names: lengths.map(String) },
    rows: { title: "depth", names: depths.map((depth) => `${Math.round(depth * 100)} %`) },
    shares: depths.map((_, d) => found.map((ofLength) => ofLength[d]!)),
  });
}
