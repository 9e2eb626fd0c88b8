import { availableParallelism } from "node:os";
import { buildGraph } from "../graph/build.js";
import { Threads } from "../graph/parallel/threads.js";
import { featureNames } from "../schemas/stages/graph-featurize.js";
import { readAccounts } from "./graph/accounts.js";
import { accountColumns, checkNames, featureColumns } from "./graph/columns.js";
import { computeFeatures } from "./graph/compute.js";
import { accountEntries, writeDictionary } from "../formats/dictionary.js";
import { readFollowers } from "./graph/followers.js";
import { featureOptions } from "./graph/options.js";
import { pageContent } from "../report/graph-page/content.js";
import { writePage } from "../report/graph-page/index.js";
import { pairTable } from "./graph/pairs.js";
import type { Stage } from "./stage.js";
import { putTable } from "./tables/put.js";

/** Features of every account, and of pairs of accounts, from their places among those that follow each other. */
export const graphFeaturize: Stage<"graph-featurize"> = async (settings, context) => {
  const accounts = await readAccounts(settings.accounts, settings.columns.node, context);
  const { edges, unknownAccounts, unknownEdges, description } = await readFollowers(accounts, settings, context);
  const { graph, selfLoops, duplicates } = buildGraph(edges, settings);
  const counts = { nodes: graph.nodes, edges: graph.edges, unknownAccounts, unknownEdges, selfLoops, duplicates };
  context.log(`read ${accounts.description} and ${description}`, counts);
  const own = accountColumns(accounts);
  const options = featureOptions(settings, accounts, own, context.seed);
  const names = featureNames.filter((name) => settings.features.includes(name));
  checkNames(own, names, { graph, options });
  const threads = new Threads(availableParallelism());
  try {
    const input = { graph, threads, options };
    const finished = await computeFeatures(names, input, settings.notConverged === "missing", context);
    const { columns, entries } = featureColumns(finished, input);
    const all = [...own, ...columns];
    const dictionary = [...accountEntries(own, accounts.description), ...entries];
    const told = { name: "features", description: `${accounts.description}, with features from ${description}` };
    const page = pageContent({ description: told.description, counts }, graph, own, columns, entries);
    const ofPairs =
      settings.pairs && (await pairTable(settings.pairs, settings, accounts, all, { graph, threads }, context));
    const features = await putTable(context, told, all, async (folder) => {
      await writeDictionary(folder, dictionary);
      await writePage(folder, page);
    });
    const pairs =
      ofPairs &&
      (await putTable(context, { name: "pairs", description: ofPairs.description }, ofPairs.columns, (folder) =>
        writeDictionary(folder, ofPairs.entries),
      ));
    const metrics = {
      ...counts,
      features: columns.length,
      ...(ofPairs && { pairs: ofPairs.columns[0]!.values.length, unknownPairs: ofPairs.unknownPairs }),
      notConverged: finished.filter((group) => group.notConverged).length,
    };
    return { outputs: { features, ...(pairs && { pairs }) }, metrics };
  } finally {
    await threads.close();
  }
};
