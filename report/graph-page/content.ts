import type { NumericColumn, TableColumn } from "../../formats/table.js";
import type { Graph } from "../../graph/graph.js";
import type { DictionaryEntry } from "../../formats/dictionary.js";
import type { PageContent } from "./page.js";

/**
 * What the page shows: nodes are labeled with their column `name`, or their id; colors show
 * communities.
 */
export function pageContent(
  facts: Pick<PageContent, "description" | "counts">,
  graph: Graph,
  own: readonly TableColumn[],
  columns: readonly NumericColumn[],
  entries: readonly DictionaryEntry[],
): PageContent {
  const named = own.find(({ name, type }) => name === "name" && type === "text") ?? own[0]!;
  const labels = Array.from({ length: graph.nodes }, (_, v) => String(named.values[v] ?? own[0]!.values[v]));
  const group =
    columns.find(({ name }) => name === "community") ?? columns.find(({ name }) => name === "weak_component_id");
  const groups = group
    ? { values: group.values, what: group.name === "community" ? "community" : "weak component" }
    : { values: new Float64Array(graph.nodes), what: "none" };
  const features = columns.map(({ values }, i) => ({ entry: entries[i]!, values }));
  return { ...facts, features, graph, labels, groups };
}
