import { aggregateCategories, aggregateNumbers } from "../algorithms/neighbor-attributes.js";
import type { Graph } from "../graph.js";
import type { Attribute, Feature, FeatureGroup } from "./feature.js";

/**
 * Aggregates of a node's neighbors, separately for those it points to and those that point to it.
 */

type Side = "in" | "out" | "neighbor";

/** Both sides of a directed graph; an undirected one has only one. */
const neighborSides = ({ directed }: Graph): Side[] => (directed ? ["in", "out"] : ["neighbor"]);

const who = { in: "nodes that point here", out: "nodes that it points to", neighbor: "neighbors" };

function attributeFeatures(attribute: Attribute, side: Side): Feature[] {
  const { name } = attribute;
  const common = { type: "number", missing: `if none of the ${who[side]} has the attribute` } as const;
  if ("categories" in attribute)
    return attribute.categories.map((category) => ({
      name: `${side}_${name}_is_${category}`,
      meaning: `share of the ${who[side]} whose ${name} is ${category}`,
      formula: `|{u : ${name}(u) = ${category}}| / |{u : ${name}(u) known}|`,
      range: "0 to 1",
      ...common,
    }));
  const words = { mean: "mean", max: "largest" };
  return attribute.aggregates.map((aggregate) => ({
    name: `${side}_${name}_${aggregate}`,
    meaning: `${words[aggregate]} ${name} of the ${who[side]}; each counts once, those without a value do not count`,
    formula: aggregate === "mean" ? `Σ ${name}(u) / |{u : ${name}(u) known}|` : `max ${name}(u)`,
    range: `as ${name}`,
    ...common,
  }));
}

export const neighbors: FeatureGroup = {
  features: ({ graph, options: { attributes } }) =>
    neighborSides(graph).flatMap((side) => attributes.flatMap((attribute) => attributeFeatures(attribute, side))),
  compute: ({ graph, options: { attributes } }) =>
    neighborSides(graph).flatMap((side) => {
      const adjacency = side === "in" ? graph.in : graph.out;
      return attributes.flatMap((attribute) => {
        if ("categories" in attribute)
          return aggregateCategories(adjacency, attribute.values, attribute.categories.length).shares;
        const found = aggregateNumbers(adjacency, attribute.values);
        return attribute.aggregates.map((aggregate) => found[aggregate]);
      });
    }),
};
