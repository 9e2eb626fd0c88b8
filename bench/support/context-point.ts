import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import type { AttentionFields } from "../../lm/model/attention/settings.js";

/**
 * One measurement: what runs, over how many tokens in one row, and how often after the run that
 * compiles.
 */
export interface Point {
  what: "attention" | "forward" | "step";
  attention: AttentionFields;
  tokens: number;
  layers: number;
  hiddenSize: number;
  heads: number;
  keyValueHeads: number;
  runs: number;
}

export interface Measured {
  /** Processor time of each run, all threads. */
  seconds: number[];
  /** Largest resident memory of the process, bytes. */
  peak: number;
}

/** Measures a point in its own process. */
export async function measure(point: Point): Promise<Measured> {
  const script = path.join(import.meta.dirname, "context-process.js");
  const { stdout } = await promisify(execFile)(process.execPath, [script, JSON.stringify(point)]);
  return JSON.parse(stdout) as Measured;
}
