import path from "node:path";
import { emptyExperience, type Experience } from "../../../lm/rl/reinforcement.js";
import { resolveArchitecture } from "../../../lm/model/architecture.js";
import { scoreName } from "../../../lm/train/reward-model.js";
import type { HostTensors } from "../../../tensor/program.js";
import problem from "../../fixtures/trl/problem.json" with { type: "json" };
import { runPython, testWithPython } from "../../support/python.js";
import type { Curves } from "./learning-curves.js";
import { formulaWeights, noise, scaledMatrices } from "./support.js";

/**
 * The problem on which Pawl and TRL are compared. tests/fixtures/trl/tiny.py makes the same models.
 */
export { problem };

const { vocabularySize, ...sizes } = problem.model;
export const architecture = resolveArchitecture({ ...sizes, tieEmbeddings: true }, vocabularySize);
export const policyWeights = formulaWeights(architecture);

/** A reward model: the policy's body with larger matrices, and a head of noise. */
export function scoringWeights({ bodyScale, headScale }: { bodyScale: number; headScale: number }): HostTensors {
  const data = Float32Array.from(noise(100, architecture.hiddenSize), (value) => value * headScale);
  const head = { dtype: "float32" as const, shape: [1, architecture.hiddenSize], data };
  return { ...scaledMatrices(policyWeights, bodyScale), [scoreName]: head };
}

const { beta1, beta2, iterations, minibatches, epochs, learningRate } = problem;

/** AdamW without decay. */
export function makeOptimizer(gradientClip: number) {
  return { kind: "adamw", weightDecay: 0, beta1, beta2, gradientClip } as const;
}

/** Settings that `Grpo` and `Ppo` have alike. */
export const shared = {
  architecture,
  iterations,
  minibatches,
  epochs,
  promptLength: Math.max(...problem.prompts.map(({ length }) => length)),
  maxNewTokens: problem.response,
  temperature: 1,
  schedule: {
    kind: "constant" as const,
    learningRate,
    minimumLearningRate: 0,
    warmupSteps: 0,
    steps: iterations * minibatches * epochs,
  },
  stop: [problem.stop],
  seed: 1,
};

/** What the scripts of tests/fixtures/trl write. */
export interface Recorded {
  /** One a seed. */
  runs: Curves[];
}

export interface RecordedRollouts extends Recorded {
  /**
   * A run, and each iteration's rollouts in it: `prompt:response` in hexadecimal digits, one a
   * token.
   */
  replayed: Curves;
  rollouts: string[][];
}

/** An iteration's rollouts, as read. */
export function makeExperience(rollouts: readonly string[]): Experience {
  const tokens = (digits: string) => Array.from(digits, (digit) => parseInt(digit, 16));
  const read = rollouts.map((text) => {
    const [prompt, response] = text.split(":").map(tokens) as [number[], number[]];
    return { prompt, response, ended: response.at(-1) === problem.stop };
  });
  return { ...emptyExperience(), rollouts: read };
}

/**
 * A test with what a script of tests/fixtures/trl computes now, where Python has TRL.
 * @param needs a module of TRL
 */
export function testWithTrl<T>(needs: string, script: string, name: string, work: (live: T) => void | Promise<void>) {
  const file = path.join(import.meta.dirname, "..", "..", "fixtures", "trl", script);
  testWithPython(["torch", "transformers", needs], name, async () => work(runPython<T>(file, "-")));
}
