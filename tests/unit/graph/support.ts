import { readFileSync } from "node:fs";
import path from "node:path";
import { buildGraph } from "../../../graph/build.js";
import type { EdgeList, Graph } from "../../../graph/graph.js";

type Column = (number | null)[] | null;

/** A graph of tests/fixtures/graphs.json: its edges, and what networkx computes for it. */
export interface Golden {
  name: string;
  directed: boolean;
  weighted: boolean;
  duplicates: "sum" | "first";
  nodes: number;
  edges: [source: number, target: number, weight?: number][];
  columns: Record<string, Column>;
  whole: { reciprocity: number | null };
  pairs: { pairs: [number, number][] } & Record<string, (number | null)[]>;
}

const file = path.join(import.meta.dirname, "..", "..", "fixtures", "graphs.json");
export const golden = JSON.parse(readFileSync(file, "utf8")) as { katzAlpha: number; graphs: Golden[] };

export function makeGraph({ directed, weighted, duplicates, nodes, edges }: Golden): Graph {
  const list: EdgeList = {
    nodes,
    sources: Uint32Array.from(edges, ([source]) => source),
    targets: Uint32Array.from(edges, ([, target]) => target),
  };
  if (weighted) list.weights = Float64Array.from(edges, ([, , weight]) => weight!);
  return buildGraph(list, { directed, selfLoops: "keep", duplicates }).graph;
}

/** What to compare: with the suffix "Weighted" where the graph has weights. */
export const variants = ({ weighted }: Golden): { weighted: boolean; suffix: string }[] =>
  weighted
    ? [
        { weighted: false, suffix: "" },
        { weighted: true, suffix: "Weighted" },
      ]
    : [{ weighted: false, suffix: "" }];

/** Compares a column with networkx's to 1e-12, relative above 1; NaN is null. */
export function expectColumn(found: ArrayLike<number>, { columns, name }: Golden, column: string): void {
  const wanted = columns[column];
  if (!wanted) throw new Error(`graphs.json has no ${column} for ${name}`);
  expectValues(Array.from(found), wanted, `${column} of ${name}`);
}

export function expectValues(found: readonly number[], wanted: readonly (number | null)[], what: string): void {
  const far = wanted.flatMap((value, i) =>
    near(found[i], value) ? [] : [{ what, i, found: found[i], wanted: value }],
  );
  expect(far).toEqual([]);
  expect(found.length).toBe(wanted.length);
}

function near(found: number | undefined, wanted: number | null): boolean {
  if (found === undefined) return false;
  if (wanted === null) return Number.isNaN(found);
  return Math.abs(found - wanted) <= 1e-12 * Math.max(1, Math.abs(wanted));
}
