import type { TableColumn } from "../formats/table.js";
import { PawlError } from "../platform/errors.js";
import { RandomStream } from "../platform/random.js";
import type { Stage } from "./stage.js";
import { putTable } from "./tables/put.js";
import { keepRows, readTable } from "./tables/read.js";
import { idColumn } from "./tables/typed.js";

interface Pair {
  source: string;
  target: string;
}

/**
 * Maximum number of tries to find a pair that is not an edge, for one removed edge; then that edge
 * has no counterpart.
 */
const maxTries = 100;

/**
 * Removes random edges, and adds for each a node pair that is not an edge: from the same source to
 * the target of another edge, so that neither the degree of the source nor that of the target tells
 * them apart. Compute features from the remaining edges.
 */
export const holdOutLinks: Stage<"hold-out-links"> = async (settings, context) => {
  const { source, target } = settings.columns;
  const table = await readTable(settings.edges, "with.edges", context, [
    { name: source, where: "with.columns.source" },
    { name: target, where: "with.columns.target" },
  ]);
  const columnIndex = (name: string): number => table.columns.findIndex((column) => column.name === name);
  const [from, to] = [table.cells[columnIndex(source)]!, table.cells[columnIndex(target)]!];
  const pairKey = ({ source: a, target: b }: Pair): string =>
    JSON.stringify(settings.directed || a < b ? [a, b] : [b, a]);
  const rows = from.map((cell, i): Pair => {
    const pair = { source: cell ?? "", target: to[i] ?? "" };
    if (pair.source.trim() === "" || pair.target.trim() === "") throw oneEnd(table.description, i + 1);
    return pair;
  });
  const isLoop = (pair: Pair): boolean => pair.source === pair.target;
  const edges = new Map(rows.filter((pair) => !isLoop(pair)).map((pair) => [pairKey(pair), pair]));
  const keys = [...edges.keys()];
  const order = new RandomStream(context.seed, "held-out links").permutation(keys.length);
  const heldOut = new Set(Array.from(order.subarray(0, Math.round(settings.share * keys.length)), (i) => keys[i]!));
  if (heldOut.size === 0 || heldOut.size === keys.length) throw tooFew(keys.length, table.description);
  const positives = [...heldOut].map((key) => edges.get(key)!);
  const negatives = notLinked(
    positives,
    [...edges.values()],
    (pair) => edges.has(pairKey(pair)) || isLoop(pair),
    pairKey,
    context.seed,
  );
  if (negatives.length < positives.length)
    context.log(
      negatives.length === 0
        ? "there are no negatives: every source is linked to the targets of all other edges, as in a star or a complete graph"
        : "some held-out edges have no negative: their sources are linked to nearly all targets of other edges",
      { heldOut: positives.length, notLinked: negatives.length },
    );
  const kept = (row: number): boolean => !isLoop(rows[row]!) && !heldOut.has(pairKey(rows[row]!));
  const stays = table.columns.map((column) => keepRows(column, kept));
  const tableFacts = { name: "edges", description: `edges of ${table.description} that were not held out` };
  return {
    outputs: {
      edges: await putTable(context, tableFacts, stays),
      nodePairs: await putTable(
        context,
        { name: "node-pairs", description: `edges held out of ${table.description}, and pairs that are none` },
        pairColumns(positives, negatives),
      ),
    },
    metrics: {
      kept: stays[0]!.values.length,
      heldOut: positives.length,
      notLinked: negatives.length,
      selfLoops: rows.filter(isLoop).length,
      duplicates: rows.length - rows.filter(isLoop).length - edges.size,
    },
  };
};

function notLinked(
  positives: readonly Pair[],
  edges: readonly Pair[],
  refused: (pair: Pair) => boolean,
  pairKey: (pair: Pair) => string,
  seed: number,
): Pair[] {
  const taken = new Set<string>();
  return positives.flatMap(({ source }, i) => {
    const stream = new RandomStream(seed, `not linked ${i}`);
    for (let attempt = 0; attempt < maxTries; attempt++) {
      const { target } = edges[Math.floor(stream.uniform(attempt) * edges.length)]!;
      const pair = { source, target };
      const key = pairKey(pair);
      if (refused(pair) || taken.has(key)) continue;
      taken.add(key);
      return [pair];
    }
    return [];
  });
}

function pairColumns(positives: readonly Pair[], negatives: readonly Pair[]): TableColumn[] {
  const pairs = [...positives, ...negatives];
  return [
    idColumn(
      "source",
      pairs.map((pair) => pair.source),
    ),
    idColumn(
      "target",
      pairs.map((pair) => pair.target),
    ),
    { name: "linked", type: "boolean", values: Float64Array.from(pairs, (_, i) => Number(i < positives.length)) },
  ];
}

function oneEnd(description: string, row: number): PawlError {
  return new PawlError("DATA_INVALID", "an edge has no node id at one end", {
    where: `${description}, row ${row}`,
    expected: "an id at both ends",
    got: "nothing at one end",
    next: "complete the row, or leave such rows out in `query`",
  });
}

function tooFew(edges: number, description: string): PawlError {
  return new PawlError("DATA_EMPTY", "there are too few edges to hold any out", {
    where: `with.edges (${description})`,
    expected: "edges to hold out and edges that remain",
    got: `${edges} different edges`,
    next: "change share, or provide more edges",
  });
}
