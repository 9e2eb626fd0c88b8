import { strongComponents, weakComponents, type Components } from "../algorithms/components.js";
import type { Feature, FeatureGroup } from "./feature.js";

/** The components of the graph that a node is in. */

const componentColumns = ({ id, size }: Components) => [id, size];

function idAndSize(prefix: string, meaning: string, formula: string): Feature[] {
  const common = { type: "integer", missing: "never" } as const;
  return [
    {
      name: `${prefix}_id`,
      meaning: `number of the component of ${meaning}; ordered by smallest node`,
      formula,
      range: "0 or more",
      ...common,
    },
    {
      name: `${prefix}_size`,
      meaning: "nodes in this component",
      formula: `|${prefix}(v)|`,
      range: "1 or more",
      ...common,
    },
  ];
}

export const components: FeatureGroup = {
  features: ({ graph }) => {
    const weak = idAndSize(
      "weak_component",
      "nodes connected with it in any direction",
      "{u : a path between u and v}",
    );
    if (!graph.directed) return weak;
    const strong = idAndSize(
      "strong_component",
      "nodes that it reaches and that reach it",
      "{u : a path from u to v and from v to u}",
    );
    return [...weak, ...strong];
  },
  compute: ({ graph }) => {
    const weak = componentColumns(weakComponents(graph));
    return graph.directed ? [...weak, ...componentColumns(strongComponents(graph))] : weak;
  },
};
