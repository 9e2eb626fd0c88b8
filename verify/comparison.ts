import type { RunResult } from "../schemas/run.js";

/** An output of a killed run whose digest differs from that in the reference run. */
export interface Difference {
  run: number;
  output: string;
  expected: string;
  got: string;
}

/** Digests of a run's outputs: "stage.output" -> digest. */
export type Digests = Record<string, string>;

export function resultDigests(result: RunResult): Digests {
  return Object.fromEntries(
    Object.entries(result.stages).flatMap(([stage, { outputs }]) =>
      Object.entries(outputs).map(([output, { digest }]) => [`${stage}.${output}`, digest]),
    ),
  );
}

/** @param run number of the killed run */
export function findDifferences(reference: Digests, killed: Digests, run: number): Difference[] {
  const names = [...new Set([...Object.keys(reference), ...Object.keys(killed)])];
  return names
    .filter((name) => reference[name] !== killed[name])
    .map((output) => ({
      run,
      output,
      expected: reference[output] ?? "none",
      got: killed[output] ?? "none",
    }));
}
