import { entriesOf, type Graph } from "./graph.js";

/** One feature: its line in the data dictionary. */
export interface Feature {
  name: string;
  type: "integer" | "number";
  meaning: string;
  formula: string;
  range: string;
  /** When it has no value, or what it is then; "never". */
  missing: string;
}

/** Features that are computed together. */
export interface FeatureGroup {
  features: readonly Feature[];
  /** A column for each feature, in their order, a value for each node; NaN: missing. */
  compute(graph: Graph): Float64Array[];
}

/** The features by the name that `features` in `with` takes. */
export const featureGroups = {
  degree: {
    features: [
      integer("in_degree", "edges that end at the account", "|{u : u → v}|"),
      integer("out_degree", "edges that begin at the account", "|{w : v → w}|"),
      integer("degree", "both", "in_degree + out_degree"),
    ],
    compute: (graph) => {
      const inDegree = entries(graph.in, graph.nodes);
      const outDegree = entries(graph.out, graph.nodes);
      return [inDegree, outDegree, inDegree.map((value, v) => value + outDegree[v]!)];
    },
  },
} satisfies Record<string, FeatureGroup>;

function integer(name: string, meaning: string, formula: string): Feature {
  return { name, type: "integer", meaning, formula, range: "0 or more", missing: "never" };
}

function entries(adjacency: Graph["out"], nodes: number): Float64Array {
  return Float64Array.from({ length: nodes }, (_, v) => entriesOf(adjacency, v));
}
