import { clustering, triangles } from "../algorithms/clustering.js";
import { coreNumbers } from "../algorithms/core.js";
import { degrees } from "../algorithms/degree.js";
import { reciprocity as computeReciprocity } from "../algorithms/reciprocity.js";
import type { Feature, FeatureGroup } from "./feature.js";

/** Features of a node's own edges and of the edges among its neighbors. */

const count = { type: "integer", range: "0 or more", missing: "never" } as const;

export const degree: FeatureGroup = {
  features: ({ graph }) => {
    const names: Feature[] = [
      { name: "in_degree", meaning: "edges that end at the node", formula: "|{u : u → v}|", ...count },
      { name: "out_degree", meaning: "edges that begin at the node", formula: "|{w : v → w}|", ...count },
      { name: "degree", meaning: "sum of both; a self-loop counts twice", formula: "in_degree + out_degree", ...count },
    ];
    return graph.directed
      ? names
      : [{ name: "degree", meaning: "edges; a self-loop counts twice", formula: "|{u : u – v}|", ...count }];
  },
  compute: ({ graph }) => {
    const { in: back, out, total } = degrees(graph);
    return graph.directed ? [back, out, total] : [total];
  },
};

export const strength: FeatureGroup = {
  features: ({ graph }) => {
    const common = { type: "number", range: "0 or more", missing: "never" } as const;
    const names: Feature[] = [
      { name: "in_strength", meaning: "weight of the edges that end at the node", formula: "Σᵤ w(u → v)", ...common },
      {
        name: "out_strength",
        meaning: "weight of the edges that begin at the node",
        formula: "Σᵤ w(v → u)",
        ...common,
      },
      { name: "strength", meaning: "sum of both", formula: "in_strength + out_strength", ...common },
    ];
    return graph.directed
      ? names
      : [{ name: "strength", meaning: "weight of the edges", formula: "Σᵤ w(u – v)", ...common }];
  },
  compute: ({ graph }) => {
    const { in: back, out, total } = degrees(graph, { weighted: true });
    return graph.directed ? [back, out, total] : [total];
  },
};

export const reciprocity: FeatureGroup = {
  features: () => [
    {
      name: "reciprocity",
      type: "number",
      meaning: "share of the node's edges that run both ways",
      formula: "2 b / (in_degree + out_degree), with b neighbors in both directions; a self-loop is one of them",
      range: "0 to 1",
      missing: "if the node has no edges",
    },
  ],
  compute: ({ graph }) => [computeReciprocity(graph).nodes],
};

export const clusteringGroup: FeatureGroup = {
  features: ({ graph }) => [
    {
      name: "triangles",
      meaning: "triangles with the node as a corner, without directions and self-loops",
      formula: "|{ {u, w} : u – v, w – v, u – w }|",
      ...count,
    },
    {
      name: "clustering",
      type: "number",
      meaning: "share of the possible triangles at the node that exist; 0 if none is possible",
      formula: graph.directed
        ? "(directed triangles of v) / (d (d − 1) − 2 b), d in both directions, b neighbors in both (Fagiolo 2007)"
        : "2 triangles / (d (d − 1))",
      range: "0 to 1",
      missing: "never",
    },
  ],
  compute: async ({ graph, threads }) => [await triangles(graph, threads), await clustering(graph, {}, threads)],
};

export const core: FeatureGroup = {
  features: () => [
    {
      name: "core",
      meaning: "core number: how deep in the dense part of the graph",
      formula: "largest k with v in a subgraph whose nodes all have k edges (in and out together)",
      ...count,
    },
  ],
  compute: ({ graph }) => [coreNumbers(graph)],
};
