import { eigenvector as computeEigenvector } from "../algorithms/eigenvector.js";
import { rowSums } from "../algorithms/degree.js";
import type { Graph } from "../graph.js";
import { hits as computeHits } from "../algorithms/hits.js";
import { katz as computeKatz } from "../algorithms/katz.js";
import { pagerank as computePagerank } from "../algorithms/pagerank.js";
import { withUnitWeights } from "../scale.js";
import type { Feature, FeatureGroup, FeatureInput, FeatureOptions } from "./feature.js";

/**
 * Importance that passes along edges, in proportion to their weights if they have any: all by power
 * iteration.
 */

const common = { type: "number", range: "0 to 1", missing: "never" } as const;

const iteration = ({ options: { tolerance, iterations }, control: { signal } }: FeatureInput) => ({
  tolerance,
  iterations,
  weighted: true,
  ...(signal && { signal }),
});

export const pagerank: FeatureGroup = {
  features: ({ options: { damping } }) => [
    {
      name: "pagerank",
      meaning: "share of the time that a walker spends here who follows edges and sometimes restarts at any node",
      formula: `x(v) = (1 − d) / n + d Σᵤ x(u) w(u → v) / out_strength(u), d = ${damping}; a node without outgoing edges leads to any node`,
      ...common,
    },
  ],
  compute: async (input) => [
    await computePagerank(input.graph, { ...iteration(input), damping: input.options.damping }),
  ],
};

export const personalizedPagerank: FeatureGroup = {
  features: ({ options: { damping, personalize } }) => [
    {
      name: "personalized_pagerank",
      meaning: `PageRank of a walker who restarts at one of the ${personalize.length} nodes in \`personalize\``,
      formula: `x(v) = (1 − d) p(v) + d Σᵤ x(u) w(u → v) / out_strength(u), d = ${damping}, p uniform over those nodes`,
      ...common,
    },
  ],
  compute: async (input) => {
    const { damping, personalize } = input.options;
    const personalization = new Float64Array(input.graph.nodes);
    for (const node of personalize) personalization[node] = 1;
    return [await computePagerank(input.graph, { ...iteration(input), damping, personalization })];
  },
};

export const hits: FeatureGroup = {
  features: () => [
    {
      name: "hub",
      meaning: "points to good authorities (HITS)",
      formula: "h = A a, scaled to Σ h = 1",
      ...common,
    },
    { name: "authority", meaning: "good hubs point to it (HITS)", formula: "a = Aᵀ h, scaled to Σ a = 1", ...common },
  ],
  compute: async (input) => {
    const { hubs, authorities } = await computeHits(input.graph, iteration(input));
    return [hubs, authorities];
  },
};

export const katz: FeatureGroup = {
  features: ({ graph, options }): Feature[] => [
    {
      name: "katz",
      meaning: "walks that end here; longer ones count less",
      formula: `x = α Aᵀ x + 1, scaled to ‖x‖ = 1, α = ${Number(katzAlpha(graph, options).toPrecision(6))}`,
      ...common,
    },
  ],
  compute: async (input) => {
    // The default for α is inverse to the weights.
    const graph = input.options.katzAlpha === undefined ? withUnitWeights(input.graph) : input.graph;
    return [await computeKatz(graph, { ...iteration(input), alpha: katzAlpha(graph, input.options) })];
  },
};

/**
 * The smaller of the largest row sum and column sum bounds the largest eigenvalue: so the default
 * always converges.
 */
function katzAlpha(graph: Graph, { katzAlpha }: FeatureOptions): number {
  if (katzAlpha !== undefined) return katzAlpha;
  const largest = [graph.out, graph.in].map((side) => rowSums(side, true).reduce((a, b) => Math.max(a, b), 0));
  return 0.9 / (Math.min(...largest) || 1);
}

export const eigenvector: FeatureGroup = {
  features: () => [
    {
      name: "eigenvector",
      meaning: "important nodes point to it",
      formula: "λ x = Aᵀ x for the largest λ, scaled to ‖x‖ = 1",
      ...common,
    },
  ],
  compute: async (input) => [await computeEigenvector(input.graph, iteration(input))],
};
