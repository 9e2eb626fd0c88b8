import { betweenness as computeBetweenness } from "../algorithms/betweenness.js";
import { closeness as computeCloseness } from "../algorithms/closeness.js";
import { reach as computeReach } from "../algorithms/reach.js";
import { sampleNodes } from "../sample.js";
import type { Feature, FeatureGroup, FeatureInput } from "./feature.js";

/**
 * Features of shortest paths: searched from every node, or from a sample if that is too expensive.
 */

type Given = Pick<FeatureInput, "graph" | "options">;

/** The number of nodes that paths are searched from. */
function countSources({ graph: { nodes }, options: { sources } }: Given): number {
  return sources === 0 ? nodes : Math.min(nodes, sources);
}

const isSampled = (given: Given): boolean => countSources(given) < given.graph.nodes;

function drawSample(given: Given): { sample?: Uint32Array } {
  const { graph, options } = given;
  return isSampled(given) ? { sample: sampleNodes(graph.nodes, countSources(given), options.seed) } : {};
}

/** The dictionary's words for how paths were searched. */
function searched(given: Given): string {
  const length = given.options.weightedPaths ? "an edge is as long as its weight" : "every edge is 1 long";
  return isSampled(given) ? `${length}; estimated from paths of ${countSources(given)} sampled nodes` : length;
}

/** The column beside an estimate. */
function errorFeature(name: string): Feature {
  return {
    name: `${name}_error`,
    type: "number",
    meaning: `estimated standard error of ${name}, which is estimated from a sample`,
    formula: "of a mean over sources drawn without replacement (Cochran 1977, 2.6)",
    range: "0 or more",
    missing: "with fewer than two sources",
  };
}

export const betweenness: FeatureGroup = {
  sources: countSources,
  features: (given) => {
    const value = {
      name: "betweenness",
      type: "number",
      meaning: `share of the shortest paths between other nodes that pass through this one; ${searched(given)}`,
      formula: `Σ σ(s, t | v) / σ(s, t) over pairs s, t ≠ v, divided by the number of such pairs`,
      range: "0 to 1",
      missing: "never",
    } as const;
    if (!isSampled(given)) return [value];
    return [value, errorFeature("betweenness")];
  },
  compute: async (input) => {
    const options = { ...input.control, ...drawSample(input), weighted: input.options.weightedPaths };
    const { values, error } = await computeBetweenness(input.graph, input.threads, options);
    return error ? [values, error.standardError] : [values];
  },
};

export const closeness: FeatureGroup = {
  sources: countSources,
  features: (given) => {
    const missing = isSampled(given) ? "with fewer than two sources" : "never";
    const values: Feature[] = [
      {
        name: "closeness",
        type: "number",
        meaning: `how near the nodes are that reach this one; ${searched(given)}`,
        formula: "r / Σ d(u, v) · r / (n − 1), over the r nodes u that reach v (Wasserman & Faust 1994)",
        range: given.options.weightedPaths ? "0 or more" : "0 to 1",
        missing,
      },
      {
        name: "harmonic",
        type: "number",
        meaning: `the same by inverse distances, so that nodes far away count little; ${searched(given)}`,
        formula: "Σ 1 / d(u, v) over the nodes u ≠ v, 0 for those that do not reach v",
        range: given.options.weightedPaths ? "0 or more" : "0 to n − 1",
        missing,
      },
    ];
    return isSampled(given) ? values.flatMap((value) => [value, errorFeature(value.name)]) : values;
  },
  compute: async (input) => {
    const options = { ...input.control, ...drawSample(input), weighted: input.options.weightedPaths };
    const { closeness, harmonic, error } = await computeCloseness(input.graph, input.threads, options);
    return error ? [closeness, error.closeness, harmonic, error.harmonic] : [closeness, harmonic];
  },
};

/** One run over sources for each direction, so that each can resume from a checkpoint. */
function reachGroup(direction: "out" | "in", name: string, meaning: (hops: number) => string): FeatureGroup {
  return {
    sources: ({ graph }) => graph.nodes,
    features: ({ options }) =>
      options.hops.map((hops) => ({
        name: `${name}_${hops}`,
        type: "integer",
        meaning: meaning(hops),
        formula: `|{u ≠ v : ${direction === "out" ? "d(v, u)" : "d(u, v)"} ≤ ${hops}}|, every edge 1 long`,
        range: "0 to n − 1",
        missing: "never",
      })),
    compute: ({ graph, threads, control, options: { hops } }) =>
      computeReach(graph, threads, { ...control, direction, hops }),
  };
}

export const reach = reachGroup("out", "reach", (hops) => `other nodes within ${hops} steps along the edges`);
export const reachedBy = reachGroup(
  "in",
  "reached_by",
  (hops) => `other nodes that reach this one within ${hops} steps`,
);
