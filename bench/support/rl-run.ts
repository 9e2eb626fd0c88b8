import { RandomStream } from "../../platform/random.js";
import { firstTokens } from "./unequal-model.js";

/**
 * What both sides of `bench rl` do in an iteration: one update from `groups` · `groupSize`
 * responses.
 */
export interface ReinforcementRun {
  model: {
    hiddenSize: number;
    layers: number;
    heads: number;
    keyValueHeads: number;
    intermediateSize: number;
    vocabulary: number;
    contextLength: number;
  };
  groups: number;
  groupSize: number;
  /** Tokens of every prompt, and of the longest response. */
  prompt: number;
  response: number;
  /** Ends a response; random weights rarely generate it. */
  stop: number;
  /**
   * A Hugging Face directory whose weights both sides begin with (`writeUnequalModel`); default:
   * each its own random ones.
   */
  weights?: string;
  /** Responses that our side generates together; default: all. */
  samplingBatch?: number;
  learningRate: number;
  prompts: number[][];
}

const [prompt, response, vocabulary] = [20, 48, 4096];

export const reinforcementRun: ReinforcementRun = {
  model: {
    hiddenSize: 128,
    layers: 4,
    heads: 4,
    keyValueHeads: 4,
    intermediateSize: 352,
    vocabulary,
    contextLength: prompt + response,
  },
  groups: 16,
  groupSize: 8,
  prompt,
  response,
  stop: 0,
  learningRate: 1e-5,
  prompts: Array.from({ length: 256 }, (_, i) => promptOf(i)),
};

/**
 * The same with responses of every length from 4 tokens to the longest, about 23 on average, 64
 * together on our side.
 */
export function unequalRun(weights: string): ReinforcementRun {
  const prompts = reinforcementRun.prompts.map((_, i) => promptOf(i, firstTokens[1]));
  return { ...reinforcementRun, weights, prompts, samplingBatch: 64 };
}

/** Random tokens below a bound, none of which ends a response. */
function promptOf(index: number, below = vocabulary): number[] {
  const stream = new RandomStream(index, "prompt");
  return Array.from({ length: prompt }, (_, i) => 1 + Math.floor(stream.uniform(i) * (below - 1)));
}
