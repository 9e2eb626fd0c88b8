import type { EdgeList } from "../../graph/graph.js";
import { PawlError } from "../../platform/errors.js";
import { shortJson, shortText } from "../../platform/json.js";
import type { StageWith } from "../../schemas/stages/index.js";
import type { StageContext } from "../stage.js";
import { openTable, requireColumn, requireIds } from "../tables/open.js";
import { isNumber } from "../tables/typed.js";
import type { Nodes } from "./nodes.js";
import { Growing } from "./growing.js";

type Settings = StageWith<"graph-featurize">;

export interface ReadEdges {
  edges: EdgeList;
  /** Nodes that occur only in edges. */
  unknownNodes: number;
  /** Edges left out because an end is not a node. */
  unknownEdges: number;
  /** Edges whose weight is 0: their places in `edges`, and the rows that they are in. */
  zeroWeights: { edge: number; row: number }[];
  description: string;
}

/**
 * Reads the edges as pairs of node numbers. With `unknownNodes: add` the nodes grow.
 * @throws PawlError DATA_INVALID for an end that is missing or not a node, a weight that is
 *   negative or not a number, and if no edge has two known nodes
 */
export async function readEdges(nodes: Nodes, settings: Settings, context: StageContext): Promise<ReadEdges> {
  const table = await openTable(settings.edges, "with.edges", context);
  try {
    const { source, target, weight } = settings.columns;
    const names = [source, target];
    await requireIds(table, [
      { name: source, where: "with.columns.source" },
      { name: target, where: "with.columns.target" },
    ]);
    if (weight !== undefined) names.push(requireColumn(table, weight, "with.columns.weight"));
    const reader = new EdgeReader(nodes, settings, table.description);
    for await (const [from, to, weights] of table.chunks(names)) {
      await context.yield();
      for (let i = 0; i < from!.length; i++) reader.add(from![i], to![i], weights ? weights[i] : undefined);
      context.progress({ phase: "read edges", done: reader.row, total: 0, unit: "rows", metrics: {} });
    }
    return reader.finish();
  } finally {
    await table.close();
  }
}

class EdgeReader {
  row = 0;
  #sources = new Growing(Uint32Array);
  #targets = new Growing(Uint32Array);
  #weights: Growing<Float64Array> | undefined;
  #unknown = new Map<string, number>();
  #unknownEdges = 0;
  #zeroWeights: ReadEdges["zeroWeights"] = [];

  constructor(
    private readonly nodes: Nodes,
    private readonly settings: Settings,
    private readonly description: string,
  ) {
    if (settings.columns.weight !== undefined) this.#weights = new Growing(Float64Array);
  }

  add(source: string | undefined, target: string | undefined, weight: string | undefined): void {
    this.row++;
    const from = this.#number(source, this.settings.columns.source);
    const to = this.#number(target, this.settings.columns.target);
    const weighs = this.#weights && this.#weigh(weight);
    if (from === undefined || to === undefined) {
      this.#unknownEdges++;
      return;
    }
    if (weighs === 0) this.#zeroWeights.push({ edge: this.#sources.length, row: this.row });
    this.#sources.push(from);
    this.#targets.push(to);
    this.#weights?.push(weighs!);
  }

  finish(): ReadEdges {
    const noneIsKnown = this.row > 0 && this.#unknownEdges === this.row;
    if (this.#unknown.size > 0 && (this.settings.unknownNodes === "error" || noneIsKnown)) throw this.#unknownError();
    const edges: EdgeList = {
      nodes: this.nodes.ids.length,
      sources: this.#sources.values(),
      targets: this.#targets.values(),
      ...(this.#weights && { weights: this.#weights.values() }),
    };
    return {
      edges,
      unknownNodes: this.#unknown.size,
      unknownEdges: this.#unknownEdges,
      zeroWeights: this.#zeroWeights,
      description: this.description,
    };
  }

  #number(id: string | undefined, column: string): number | undefined {
    if (id === undefined || id.trim() === "")
      throw new PawlError("DATA_INVALID", "an edge has no node id at one end", {
        where: `${this.description}, row ${this.row}`,
        expected: `an id in the column ${column}`,
        got: id === undefined ? "nothing" : shortJson(id),
        next: "complete the row, or leave such rows out in `query`",
      });
    const { numbers, ids } = this.nodes;
    const known = numbers.get(id);
    if (known !== undefined) return known;
    if (!this.#unknown.has(id)) this.#unknown.set(id, this.row);
    if (this.settings.unknownNodes !== "add") return undefined;
    numbers.set(id, ids.length);
    return ids.push(id) - 1;
  }

  #weigh(text: string | undefined): number {
    const weight = text !== undefined && isNumber(text.trim()) ? Number(text) : NaN;
    if (weight >= 0 && weight < Infinity) return weight;
    throw new PawlError("DATA_INVALID", "an edge's weight must be a finite number of 0 or more", {
      where: `${this.description}, row ${this.row}, column ${this.settings.columns.weight}`,
      expected: "a number of 0 or more",
      got: text === undefined ? "nothing" : shortJson(text),
      next: "correct the row, or leave such rows out in `query`",
    });
  }

  #unknownError(): PawlError {
    const [[id, row]] = [...this.#unknown] as [[string, number]];
    return new PawlError("DATA_INVALID", "edges name nodes that are not in the table of nodes", {
      where: `${this.description}, row ${row}`,
      expected: `an id of ${this.nodes.description}`,
      got: `${shortText(id)}, and ${this.#unknown.size - 1} more such nodes in ${this.#unknownEdges} edges`,
      next:
        this.#unknownEdges === this.row
          ? "no edge names two nodes of the table: check that both tables write ids in the same way"
          : "add them to the nodes, or set `unknownNodes: drop` or `unknownNodes: add`",
    });
  }
}
