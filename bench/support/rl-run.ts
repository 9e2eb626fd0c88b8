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

/** Random tokens, none of which ends a response. */
function promptOf(index: number): number[] {
  const stream = new RandomStream(index, "prompt");
  return Array.from({ length: prompt }, (_, i) => 1 + Math.floor(stream.uniform(i) * (vocabulary - 1)));
}
