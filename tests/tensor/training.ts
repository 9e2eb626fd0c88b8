import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";

export interface Trained {
  /** SHA-256 of all losses and weights. */
  digest: string;
  losses: number[];
  weights: number[];
}

/**
 * Runs tests/tensor/train-process.mjs.
 * @param settings.eager one training for each of these
 * @param settings.switches environment variables that are set once the backend is loaded
 * @returns what was trained, and what TensorFlow's optimizer of graphs wrote to its log
 */
export async function training(settings: {
  backend: string;
  eager?: boolean[];
  switches?: Record<string, string>;
}): Promise<{ trained: Trained[]; log: string }> {
  const logged = { TF_CPP_MIN_LOG_LEVEL: "0", TF_CPP_VMODULE: "meta_optimizer=3" };
  const { stdout, stderr } = await started("train-process.mjs", JSON.stringify(settings), logged);
  return { trained: JSON.parse(stdout) as Trained[], log: stderr };
}

/** Runs tests/tensor/attention-process.mjs. */
export function attentionTraining(settings: { backend: string; attention: object; steps: number }): Promise<Trained> {
  return ran("attention-process.mjs", JSON.stringify(settings));
}

export interface Reinforced {
  responses: number[][];
  /** Log-probabilities, entropies and values of the responses' tokens. */
  metrics: number[];
  updates: number[];
  /** Weights and moments of all learners. */
  weights: number[];
}

/** Runs tests/tensor/reinforcement-process.mjs. */
export function reinforcement(backend: string): Promise<Reinforced> {
  return ran("reinforcement-process.mjs", backend);
}

/** What a script of this directory prints; it uses the built program in dist/. */
async function ran<T>(script: string, argument: string): Promise<T> {
  return JSON.parse((await started(script, argument)).stdout) as T;
}

function started(script: string, argument: string, environment: Record<string, string> = {}) {
  return promisify(execFile)(process.execPath, [path.join(__dirname, script), argument], {
    maxBuffer: 1 << 26,
    env: { ...process.env, ...environment },
  });
}
