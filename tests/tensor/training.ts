import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";

export interface Trained {
  /** SHA-256 of all losses and weights. */
  digest: string;
  losses: number[];
  weights: number[];
}

/** Runs tests/tensor/train-process.mjs. */
export function training(settings: { backend: string; eager: boolean; steps: number }): Promise<Trained> {
  return ran("train-process.mjs", JSON.stringify(settings));
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
  const { stdout } = await promisify(execFile)(process.execPath, [path.join(__dirname, script), argument], {
    maxBuffer: 1 << 26,
  });
  return JSON.parse(stdout) as T;
}
