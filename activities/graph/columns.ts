import type { NumericColumn, TableColumn } from "../../formats/table.js";
import type { Feature, FeatureInput } from "../../graph/features/feature.js";
import { featureGroups } from "../../graph/features/index.js";
import { PawlError } from "../../platform/errors.js";
import type { FeatureName } from "../../schemas/stages/graph-featurize.js";
import { idColumn } from "../tables/typed.js";
import type { Nodes } from "./nodes.js";
import type { Finished } from "./compute.js";
import type { DictionaryEntry } from "../../formats/dictionary.js";

type Given = Pick<FeatureInput, "graph" | "options">;

/** The nodes' own columns, [nodes] each; nodes that were added have an id only. */
export function nodeColumns({ node, ids, attributes }: Nodes): TableColumn[] {
  const lengthened = attributes.map((column): TableColumn => {
    if (column.type === "text")
      return { ...column, values: Array.from({ length: ids.length }, (_, i) => column.values[i]) };
    const values = new Float64Array(ids.length).fill(NaN);
    values.set(column.values);
    return { ...column, values };
  });
  return [idColumn(node, ids), ...lengthened];
}

/** The features' columns, and their lines in the dictionary. */
export function featureColumns(finished: readonly Finished[], given: Given) {
  const columns: NumericColumn[] = [];
  const entries: DictionaryEntry[] = [];
  for (const { group, columns: values, notConverged } of finished)
    featureGroups[group].features(given).forEach((feature, i) => {
      const missing = notConverged ? "everywhere: the iteration did not converge" : feature.missing;
      columns.push({ name: feature.name, type: feature.type, values: values[i]! });
      entries.push({ ...feature, missing, group });
    });
  return { columns, entries };
}

/**
 * @throws PawlError DATA_INVALID for a column of the nodes, or another feature, of a feature's name
 */
export function checkNames(own: readonly TableColumn[], names: readonly FeatureName[], given: Given): void {
  const features: Feature[] = names.flatMap((name) => featureGroups[name].features(given));
  // Parquet readers treat names that differ only in case as equal.
  const taken = new Set<string>();
  for (const { name } of [...features, ...own]) {
    const plain = name.toLowerCase();
    if (taken.has(plain))
      throw new PawlError("DATA_INVALID", "a column of the nodes has the name of a feature", {
        where: "with.nodes",
        expected: "columns with names that no feature has",
        got: name,
        next: `rename it in \`query\`, for example SELECT * RENAME (${name} AS own_${name}) FROM data`,
      });
    taken.add(plain);
  }
}
