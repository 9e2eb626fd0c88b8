import type { RunResult } from "../schemas/run.js";

/** Where an output of a killed run has not the digest that it has in the undisturbed run. */
export interface Difference {
  run: number;
  output: string;
  expected: string;
  got: string;
}

/** Digests of a run's outputs: "stage.output" -> digest. */
export type Digests = Record<string, string>;

export function digestsOf(result: RunResult): Digests {
  return Object.fromEntries(
    Object.entries(result.stages).flatMap(([stage, { outputs }]) =>
      Object.entries(outputs).map(([output, { digest }]) => [`${stage}.${output}`, digest]),
    ),
  );
}

/** @param run number of the killed run */
export function differencesOf(undisturbed: Digests, killed: Digests, run: number): Difference[] {
  const names = [...new Set([...Object.keys(undisturbed), ...Object.keys(killed)])];
  return names
    .filter((name) => undisturbed[name] !== killed[name])
    .map((output) => ({
      run,
      output,
      expected: undisturbed[output] ?? "none",
      got: killed[output] ?? "none",
    }));
}
