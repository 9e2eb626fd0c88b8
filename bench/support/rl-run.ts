import { RandomStream } from "../../platform/random.js";

/** What both sides of `bench rl` do in an iteration: one update from `groups` · `groupSize` responses. */
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
  /** Ends a response; random weights rarely say it. */
  stop: number;
  /** As many of the first tokens end a response, where they are more than the one. */
  stops?: number;
  /** Responses that our side writes side by side; default: all. */
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
 * The same with responses of every length up to the longest, 21 tokens in the mean: one token in 24 ends a response. TRL knows
 * one end token, so that this run has no peer; other commits are its peers (`npm run bench -- against`).
 */
export const unequalRun: ReinforcementRun = { ...reinforcementRun, stops: 170, samplingBatch: 64 };

/** Random tokens, none of which ends a response. */
function promptOf(index: number): number[] {
  const stream = new RandomStream(index, "prompt");
  return Array.from({ length: prompt }, (_, i) => 1 + Math.floor(stream.uniform(i) * (vocabulary - 1)));
}
