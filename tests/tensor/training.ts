import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";

export interface Trained {
  /** SHA-256 of all losses and weights. */
  digest: string;
  losses: number[];
  weights: number[];
}

/** Runs tests/tensor/train-process.mjs, which uses the built program in dist/. */
export async function training(settings: { backend: string; eager: boolean; steps: number }): Promise<Trained> {
  const script = path.join(__dirname, "train-process.mjs");
  const { stdout } = await promisify(execFile)(process.execPath, [script, JSON.stringify(settings)], {
    maxBuffer: 1 << 26,
  });
  return JSON.parse(stdout) as Trained;
}
