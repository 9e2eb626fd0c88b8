import { fastRp } from "../algorithms/fastrp.js";
import { leiden } from "../leiden/leiden.js";
import type { FeatureGroup } from "./feature.js";

/**
 * A node's position in the graph: its community, and coordinates that are close for nodes with
 * similar neighborhoods.
 */

export const community: FeatureGroup = {
  features: ({ options: { resolution, seed } }) => [
    {
      name: "community",
      type: "integer",
      meaning: "number of its community (0: the largest), nodes with more edges among them than by chance (Leiden)",
      formula: `maximizes modularity (1 / m) Σ [A(u, v) − γ k_out(u) k_in(v) / m] within communities, γ = ${resolution}, seed ${seed}`,
      range: "0 or more",
      missing: "never",
    },
    {
      name: "community_size",
      type: "integer",
      meaning: "nodes in this community",
      formula: "|community(v)|",
      range: "1 or more",
      missing: "never",
    },
  ],
  compute: ({ graph, options: { resolution, seed } }) => {
    const { community, count } = leiden(graph, { seed, resolution });
    const sizes = new Uint32Array(count);
    for (const own of community) sizes[own]!++;
    return [community, community.map((own) => sizes[own]!)];
  },
};

export const fastrp: FeatureGroup = {
  features: ({ options: { dimensions, seed } }) =>
    Array.from({ length: dimensions }, (_, i) => ({
      name: `fastrp_${i}`,
      type: "number",
      meaning: `coordinate ${i} of ${dimensions}: nodes with similar neighbors, and similar neighbors of neighbors, are close`,
      formula: `FastRP (Chen et al. 2019): random vectors averaged over neighbors once and twice, seed ${seed}`,
      range: "−2 to 2",
      missing: "never",
    })),
  compute: async ({ graph, threads, control: { signal }, options: { dimensions, seed } }) => {
    const rows = await fastRp(graph, threads, { dimensions, seed, weighted: true, ...(signal && { signal }) });
    return Array.from({ length: dimensions }, (_, i) =>
      Float64Array.from({ length: graph.nodes }, (_, v) => rows[v * dimensions + i]!),
    );
  },
};
