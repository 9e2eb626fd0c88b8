import type { ArtifactRef } from "../schemas/artifact.js";
import { listCandidates } from "../schemas/stages/select.js";
import type { Stage } from "./stage.js";

/**
 * Passes on the artifacts of the combination with the best number. The rules refuse lists without
 * one.
 */
export const select: Stage<"select"> = ({ from, by, prefer }) => {
  const candidates = listCandidates({ from, by });
  const isBetter = (a: number, b: number): boolean => (prefer === "lowest" ? a < b : a > b);
  const best = candidates.reduce((first, other) => (isBetter(by[other]!, by[first]!) ? other : first));
  const outputs = Object.entries(from).map(([name, list]) => [name, list[best] as ArtifactRef]);
  return Promise.resolve({
    outputs: Object.fromEntries(outputs) as Record<string, ArtifactRef>,
    metrics: { value: by[best]!, combination: best + 1, candidates: candidates.length },
  });
};
