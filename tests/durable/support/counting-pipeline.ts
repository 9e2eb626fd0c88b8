import { writeFileSync } from "node:fs";
import path from "node:path";
import { testProgram } from "./programs.js";

/**
 * The program of the worker processes with the small stages of the tests, and the one that dies at
 * a given place.
 */
export const stageProgram = testProgram("stage-worker");
export const killed = testProgram("kill-points-process");

/**
 * Writes a pipeline of one or two stages that count their steps.
 * @param steps of its stages; 0: there is none
 */
export function countingPipeline(directory: string, [a, b]: readonly [number, number] = [300, 200]): string {
  const file = path.join(directory, "counting.yaml");
  const program = (steps: number) => JSON.stringify({ steps, stepMs: 10, checkpointEvery: 2 });
  const stage = (id: string, steps: number, more = "") =>
    `  ${id}: { uses: dataset, with: { source: { text: '${program(steps)}' }, query: none }${more} }`;
  const second = b === 0 ? [] : [stage("b", b, ", needs: [a]")];
  writeFileSync(file, ["name: counting", "stages:", stage("a", a), ...second, ""].join("\n"));
  return file;
}
