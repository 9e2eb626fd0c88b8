import type { TableColumn } from "../formats/table.js";
import { buildGraph } from "../graph/build.js";
import { featureGroups } from "../graph/features.js";
import { readAccounts, type Accounts } from "./graph/accounts.js";
import { readFollowers } from "./graph/followers.js";
import type { Stage } from "./stage.js";
import { putTable } from "./tables/put.js";
import { typedColumn } from "./tables/typed.js";

/** Features of every account, from its place among those that follow each other. */
export const graphFeaturize: Stage<"graph-featurize"> = async (settings, context) => {
  const accounts = await readAccounts(settings.accounts, settings.columns.node, context);
  const { edges, unknownAccounts, unknownEdges, description } = await readFollowers(accounts, settings, context);
  const { graph, selfLoops, duplicates } = buildGraph(edges, settings);
  const counts = { nodes: graph.nodes, edges: graph.edges, unknownAccounts, unknownEdges, selfLoops, duplicates };
  context.log(`read ${accounts.description} and ${description}`, counts);
  const columns = Object.values(featureGroups).flatMap(({ features, compute }): TableColumn[] => {
    const values = compute(graph);
    return features.map(({ name, type }, i) => ({ name, type, values: values[i]! }));
  });
  const told = {
    name: "features",
    description: `accounts of ${accounts.description} and their features in ${description}`,
  };
  const features = await putTable(context, told, [...accountColumns(accounts), ...columns]);
  return { outputs: { features }, metrics: { ...counts, features: columns.length } };
};

/** The accounts' own columns; accounts that were added have an id only. */
function accountColumns({ node, ids, attributes }: Accounts): TableColumn[] {
  const lengthened = attributes.map((column): TableColumn => {
    if (column.type === "text")
      return { ...column, values: Array.from({ length: ids.length }, (_, i) => column.values[i]) };
    const values = new Float64Array(ids.length).fill(NaN);
    values.set(column.values);
    return { ...column, values };
  });
  return [typedColumn(node, ids), ...lengthened];
}
