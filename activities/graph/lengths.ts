import type { Graph } from "../../graph/graph.js";
import { PawlError } from "../../platform/errors.js";
import type { StageWith } from "../../schemas/stages/index.js";
import type { ReadEdges } from "./edges.js";

/**
 * Refuses edges of length 0 if shortest paths are counted: a cycle of them would have infinitely
 * many.
 * @throws PawlError DATA_INVALID with the row of the first
 */
export function requireLengths(read: ReadEdges, { out }: Graph, settings: StageWith<"graph-featurize">): void {
  if (settings.paths !== "weights" || !settings.features.includes("betweenness")) return;
  const { sources, targets } = read.edges;
  const stillZero = read.zeroWeights.find(({ edge }) => {
    const [from, to] = [sources[edge]!, targets[edge]!];
    for (let i = out.offsets[from]!; i < out.offsets[from + 1]!; i++)
      if (out.targets[i] === to) return out.weights![i] === 0;
    return false;
  });
  if (stillZero === undefined) return;
  throw new PawlError("DATA_INVALID", "betweenness with paths: weights needs lengths above 0", {
    where: `${read.description}, row ${stillZero.row}, column ${settings.columns.weight}`,
    expected: "a weight above 0 on every edge",
    got: "0",
    next: "leave such edges out in `query`, give them a length, or set `paths: hops`",
  });
}
