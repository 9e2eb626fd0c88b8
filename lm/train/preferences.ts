import { greatest, least } from "../../platform/extremes.js";
import { encodePrompts } from "../text/chat.js";
import { mean } from "./metrics.js";
import type { Tokenizer } from "../text/tokenizer.js";
import type { Pair } from "./pair.js";

/** A preference as text. */
export interface Preference {
  prompt: string;
  chosen: string;
  rejected: string;
  margin?: number;
}

/**
 * Preferences as a reward model reads them: the prompt in the chat template, each response with the
 * token that ends its turn.
 */
export async function encodePairs(tokenizer: Tokenizer, rows: readonly Preference[]): Promise<Pair[]> {
  const prompts = await encodePrompts(
    tokenizer,
    rows.map(({ prompt }) => prompt),
  );
  const responses = await encodeResponses(
    tokenizer,
    rows.flatMap(({ chosen, rejected }) => [chosen, rejected]),
  );
  return rows.map(({ margin }, i) => ({
    prompt: prompts[i]!,
    chosen: responses[2 * i]!,
    rejected: responses[2 * i + 1]!,
    margin: margin ?? 0,
  }));
}

/** Responses as token ids, each with the token that ends its turn. */
async function encodeResponses(tokenizer: Tokenizer, responses: readonly string[]): Promise<number[][]> {
  const encoded = await tokenizer.encodeBatch([...responses]);
  return encoded.map((ids) => [...ids, tokenizer.special.messageEnd]);
}

/** Scores of a preference's two responses. */
export interface ScoredPair {
  chosen: number;
  rejected: number;
}

/**
 * For each preference 1 if the chosen response scores higher, 0 if the other does; equal scores
 * count half.
 */
export function pairOutcomes(scores: readonly ScoredPair[]): number[] {
  return scores.map(({ chosen, rejected }) => (chosen > rejected ? 1 : chosen === rejected ? 0.5 : 0));
}

/** Share of preferences in which the chosen response scores higher. */
export const pairAccuracy = (scores: readonly ScoredPair[]): number => mean(pairOutcomes(scores));

/** Preferences of about the same confidence. */
export interface CalibrationBin {
  /** Mean predicted probability of the response that scores higher. */
  confidence: number;
  /** Share of preferences in which that was the chosen one. */
  accuracy: number;
  pairs: number;
}

const calibrationBins = 10;

/**
 * Calibration (Guo et al. 2017): preferences in ten equal bins of confidence, σ(|chosen −
 * rejected|), from ½ to 1, and the expected calibration error, Σ preferences · |accuracy −
 * confidence| / all preferences.
 */
export function calibration(scores: readonly ScoredPair[]): { bins: CalibrationBin[]; error: number } {
  const judged = scores.map(({ chosen, rejected }) => ({
    confidence: 1 / (1 + Math.exp(-Math.abs(chosen - rejected))),
    right: chosen > rejected ? 1 : chosen === rejected ? 0.5 : 0,
  }));
  const bins = Array.from({ length: calibrationBins }, (_, b) => {
    const inside = judged.filter(
      ({ confidence }) => Math.min(calibrationBins - 1, Math.floor((confidence - 0.5) * 2 * calibrationBins)) === b,
    );
    return {
      confidence: mean(inside.map(({ confidence }) => confidence)),
      accuracy: mean(inside.map(({ right }) => right)),
      pairs: inside.length,
    };
  }).filter(({ pairs }) => pairs > 0);
  const total = Math.max(1, scores.length);
  const error = bins.reduce((sum, bin) => sum + (bin.pairs * Math.abs(bin.accuracy - bin.confidence)) / total, 0);
  return { bins, error };
}

const histogramBins = 20;

/**
 * Counts of scores in each of twenty equal parts of [least, most], separately for chosen and
 * rejected.
 */
export function scoreHistogram(scores: readonly ScoredPair[]) {
  const all = scores.flatMap(({ chosen, rejected }) => [chosen, rejected]);
  const lowest = least(all);
  const highest = greatest(all);
  const count = (pick: (pair: ScoredPair) => number): number[] => {
    const counts = new Array<number>(histogramBins).fill(0);
    for (const pair of scores) {
      const share = highest === lowest ? 0 : (pick(pair) - lowest) / (highest - lowest);
      counts[Math.min(histogramBins - 1, Math.floor(share * histogramBins))]!++;
    }
    return counts;
  };
  return {
    least: lowest,
    most: highest,
    chosen: count((pair) => pair.chosen),
    rejected: count((pair) => pair.rejected),
  };
}
