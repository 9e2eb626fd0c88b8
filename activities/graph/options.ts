import type { TableColumn } from "../../formats/table.js";
import type { FeatureOptions } from "../../graph/features/feature.js";
import { PawlError } from "../../platform/errors.js";
import type { StageWith } from "../../schemas/stages/index.js";
import type { Nodes } from "./nodes.js";
import { readAttributes } from "./attributes.js";

/**
 * What features depend on, from a stage's settings.
 * @param columns the nodes' own, [nodes] each
 * @throws PawlError DATA_INVALID for a node or attribute that does not exist, or an attribute of
 *   the wrong kind
 */
export function featureOptions(
  settings: StageWith<"graph-featurize">,
  nodes: Nodes,
  columns: readonly TableColumn[],
  seed: number,
): FeatureOptions {
  const { damping, katzAlpha, tolerance, iterations, sources, resolution, dimensions, paths } = settings;
  return {
    ...{ damping, katzAlpha, tolerance, iterations, sources, resolution, dimensions, seed },
    hops: settings.hops.toSorted((a, b) => a - b),
    personalize: findNodes(settings.personalize, nodes),
    attributes: readAttributes(settings.neighbors, columns, nodes.description),
    weightedPaths: paths === "weights",
  };
}

function findNodes(ids: readonly string[], { numbers, description }: Nodes): Uint32Array {
  return Uint32Array.from(ids, (id, i) => {
    const node = numbers.get(id);
    if (node !== undefined) return node;
    throw new PawlError("DATA_INVALID", "a walker cannot start from a node that does not exist", {
      where: `with.personalize[${i}]`,
      expected: `an id of ${description}`,
      got: id,
      next: "correct the id",
    });
  });
}
