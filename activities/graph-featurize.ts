import { availableParallelism } from "node:os";
import { buildGraph } from "../graph/build.js";
import { Threads } from "../graph/parallel/threads.js";
import { featureNames } from "../schemas/stages/graph-featurize.js";
import { readNodes } from "./graph/nodes.js";
import { nodeColumns, checkNames, featureColumns } from "./graph/columns.js";
import { computeFeatures } from "./graph/compute.js";
import { nodeEntries, writeDictionary } from "../formats/dictionary.js";
import { readEdges } from "./graph/edges.js";
import { requireLengths } from "./graph/lengths.js";
import { featureOptions } from "./graph/options.js";
import { pageContent } from "../report/graph-page/content.js";
import { writePage } from "../report/graph-page/page.js";
import { pairTable } from "./graph/node-pairs.js";
import type { Stage } from "./stage.js";
import { putTable } from "./tables/put.js";

/** Computes features of every node, and of node pairs, from the graph's edges. */
export const graphFeaturize: Stage<"graph-featurize"> = async (settings, context) => {
  const nodes = await readNodes(settings.nodes, settings.columns.node, context);
  const read = await readEdges(nodes, settings, context);
  const { unknownNodes, unknownEdges, description } = read;
  const { graph, selfLoops, duplicates } = buildGraph(read.edges, settings);
  requireLengths(read, graph, settings);
  const counts = { nodes: graph.nodes, edges: graph.edges, unknownNodes, unknownEdges, selfLoops, duplicates };
  context.log(`read ${nodes.description} and ${description}`, counts);
  if (duplicates > 0 && settings.columns.weight === undefined)
    context.log(
      "edges that occur several times count once, because they have no weights: name columns.weight, or let `query` count them",
      { duplicates },
    );
  const own = nodeColumns(nodes);
  const options = featureOptions(settings, nodes, own, context.seed);
  const names = featureNames.filter((name) => settings.features.includes(name));
  checkNames(own, names, { graph, options });
  const threads = new Threads(availableParallelism());
  try {
    const input = { graph, threads, options };
    const finished = await computeFeatures(names, input, settings.notConverged === "missing", context);
    const { columns, entries } = featureColumns(finished, input);
    const all = [...own, ...columns];
    const dictionary = [...nodeEntries(own, nodes.description), ...entries];
    const tableFacts = { name: "features", description: `${nodes.description}, with features from ${description}` };
    const page = pageContent({ description: tableFacts.description, counts }, graph, own, columns, entries);
    const ofPairs =
      settings.nodePairs && (await pairTable(settings.nodePairs, settings, nodes, all, { graph, threads }, context));
    const features = await putTable(context, tableFacts, all, async (directory) => {
      await writeDictionary(directory, dictionary);
      await writePage(directory, page);
    });
    const nodePairs =
      ofPairs &&
      (await putTable(context, { name: "node-pairs", description: ofPairs.description }, ofPairs.columns, (directory) =>
        writeDictionary(directory, ofPairs.entries),
      ));
    const metrics = {
      ...counts,
      features: columns.length,
      ...(ofPairs && { nodePairs: ofPairs.columns[0]!.values.length, unknownNodePairs: ofPairs.unknownPairs }),
      notConverged: finished.filter((group) => group.notConverged).length,
    };
    return { outputs: { features, ...(nodePairs && { nodePairs }) }, metrics };
  } finally {
    await threads.close();
  }
};
