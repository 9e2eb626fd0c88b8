import type { TableColumn } from "../../formats/table.js";
import { pairFeatures } from "../../graph/algorithms/pairs.js";
import type { FeatureInput } from "../../graph/features/feature.js";
import { PawlError } from "../../platform/errors.js";
import type { StageWith } from "../../schemas/stages/index.js";
import type { TableSource } from "../../schemas/fields/source.js";
import type { StageContext } from "../stage.js";
import { keepRows, readTable } from "../tables/read.js";
import type { Nodes } from "./nodes.js";
import type { DictionaryEntry } from "../../formats/dictionary.js";

type Settings = StageWith<"graph-featurize">;

/**
 * Features of node pairs: the table to write, and the lines of its dictionary for the columns that
 * only pairs have.
 */
export interface PairTable {
  description: string;
  columns: TableColumn[];
  entries: DictionaryEntry[];
  /** Pairs left out because an end is not a node. */
  unknownPairs: number;
}

/**
 * Reads node pairs and returns the pairs' own columns, their features, and every column of both
 * nodes.
 * @param ofNodes the nodes' columns and features, [nodes] each
 * @throws PawlError DATA_INVALID for an end that is not a node, unless `unknownNodes` is drop and
 *   other pairs remain
 */
export async function pairTable(
  source: TableSource,
  settings: Settings,
  nodes: Nodes,
  ofNodes: readonly TableColumn[],
  { graph, threads }: Pick<FeatureInput, "graph" | "threads">,
  context: StageContext,
): Promise<PairTable> {
  const names = settings.nodePairColumns;
  const table = await readTable(source, "with.nodePairs", context, [
    { name: names.source, where: "with.nodePairColumns.source" },
    { name: names.target, where: "with.nodePairColumns.target" },
  ]);
  const ends = [names.source, names.target].map((name) => {
    const cells = table.cells[table.columns.findIndex((column) => column.name === name)]!;
    return cells.map((id) => (id === undefined ? undefined : nodes.numbers.get(id)));
  });
  const [left, right] = ends as [(number | undefined)[], (number | undefined)[]];
  const known = left.map((from, row) => from !== undefined && right[row] !== undefined);
  const unknownPairs = known.filter((row) => !row).length;
  if (unknownPairs > 0 && (settings.unknownNodes !== "drop" || unknownPairs === known.length))
    throw unknownPair(known.indexOf(false), unknownPairs, table.description, nodes.description);
  const chosen = { left: knownNodes(left, known), right: knownNodes(right, known) };
  const { signal } = context;
  const found = await pairFeatures(graph, chosen, threads, {
    signal,
    onProgress: ({ done }, total) => context.progress({ phase: "pairs", done, total, unit: "pairs", metrics: {} }),
  });
  const own = table.columns.map((column) => keepRows(column, (row) => known[row]!));
  const features = Object.entries(meanings).map(([name, { type, key, value }]): TableColumn => {
    return { name, type, values: Float64Array.from(found[key], value ?? Number) };
  });
  const columns = [...own, ...features, ...atEnds("source", chosen.left), ...atEnds("target", chosen.right)];
  checkDistinct(columns, table.description);
  return {
    description: `pairs of ${table.description}, with features from ${nodes.description}`,
    columns,
    entries: Object.entries(meanings).map(([name, { key: _key, value: _value, ...entry }]) => {
      return { name, group: "pairs", ...entry };
    }),
    unknownPairs,
  };

  function atEnds(end: string, nodes: Uint32Array): TableColumn[] {
    return ofNodes.map((column): TableColumn => {
      const name = `${end}_${column.name}`;
      if (column.type === "text") return { name, type: "text", values: Array.from(nodes, (v) => column.values[v]) };
      return { name, type: column.type, values: Float64Array.from(nodes, (v) => column.values[v]!) };
    });
  }
}

function checkDistinct(columns: readonly TableColumn[], description: string): void {
  const names = columns.map(({ name }) => name.toLowerCase());
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice === undefined) return;
  throw new PawlError("DATA_INVALID", "a column of the node pairs has the name of a feature", {
    where: `with.nodePairs (${description})`,
    expected: "columns with names that no feature has",
    got: twice,
    next: "rename it in `query`",
  });
}

const knownNodes = (nodes: readonly (number | undefined)[], known: readonly boolean[]): Uint32Array =>
  Uint32Array.from(nodes.filter((_, row) => known[row]) as number[]);

type Found = Awaited<ReturnType<typeof pairFeatures>>;
type Meaning = Omit<DictionaryEntry, "name" | "group" | "type"> & {
  type: "integer" | "number" | "boolean";
  key: keyof Found;
  /** Turns the computed value into the value in the table. */
  value?: (found: number) => number;
};

const share = { type: "number", range: "0 to 1", missing: "never" } as const;
const meanings: Record<string, Meaning> = {
  common_neighbors: {
    key: "commonNeighbors",
    type: "integer",
    meaning: "nodes that are neighbors of both, whatever the edges' direction",
    formula: "|Γ(u) ∩ Γ(v)|",
    range: "0 or more",
    missing: "never",
  },
  jaccard: {
    key: "jaccard",
    meaning: "share of their neighbors that are common",
    formula: "|Γ(u) ∩ Γ(v)| / |Γ(u) ∪ Γ(v)|, 0 without neighbors",
    ...share,
  },
  adamic_adar: {
    key: "adamicAdar",
    ...share,
    meaning: "common neighbors; those with fewer neighbors count more (Adamic & Adar 2003)",
    formula: "Σ 1 / ln |Γ(w)| over w in Γ(u) ∩ Γ(v)",
    range: "0 or more",
  },
  resource_allocation: {
    key: "resourceAllocation",
    ...share,
    meaning: "the same; those with fewer neighbors count even more (Zhou et al. 2009)",
    formula: "Σ 1 / |Γ(w)| over w in Γ(u) ∩ Γ(v)",
    range: "0 or more",
  },
  preferential_attachment: {
    key: "preferentialAttachment",
    ...share,
    meaning: "how connected both are",
    formula: "|Γ(u)| · |Γ(v)|",
    range: "0 or more",
  },
  distance: {
    key: "distance",
    type: "integer",
    meaning: "steps from the source to the target along the edges' direction",
    formula: "d(u, v), every edge 1 long",
    range: "0 or more",
    missing: "if no path leads there",
    value: (found) => (found < 0 ? NaN : found),
  },
  same_component: {
    key: "sameComponent",
    type: "boolean",
    meaning: "whether any path connects them, whatever the edges' direction",
    formula: "weak_component(u) = weak_component(v)",
    range: "true or false",
    missing: "never",
  },
};

function unknownPair(row: number, count: number, description: string, nodes: string): PawlError {
  return new PawlError("DATA_INVALID", "node pairs name nodes that are not in the table of nodes", {
    where: `${description}, row ${row + 1}`,
    expected: `ids of ${nodes}`,
    got: `${count} such pairs`,
    next: "add the nodes; or, if other pairs remain, set `unknownNodes: drop`",
  });
}
