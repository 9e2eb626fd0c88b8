import type { StageState, StageStatus } from "../../schemas/run.js";

/** Size of a stage's box and the room between two, in pixels. */
export const graphBox = { width: 168, height: 36, gapX: 48, gapY: 8 } as const;
/** Characters of a name that fit into a box. */
const longestName = 22;

/** What the layout needs of a stage. */
interface LaidOutStage {
  /** Id in the definition: a stage of a matrix stands for one of its combinations. */
  declared: string;
  /** Ids, as in the definition. */
  needs: readonly string[];
}

/** A stage of the definition: all combinations of a matrix are one. */
export interface GraphNode<S extends LaidOutStage> {
  id: string;
  stages: S[];
  needs: readonly string[];
  column: number;
  row: number;
}

/** Stages as nodes, each right of what it needs: one column more than the last of those, in the next free row. */
export function graphNodes<S extends LaidOutStage>(stages: readonly S[]): GraphNode<S>[] {
  const nodes = new Map<string, GraphNode<S>>();
  const used: number[] = [];
  for (const stage of stages) {
    const known = nodes.get(stage.declared);
    if (known !== undefined) {
      known.stages.push(stage);
      continue;
    }
    const column = Math.max(0, ...stage.needs.map((id) => (nodes.get(id)?.column ?? -1) + 1));
    const row = used[column] ?? 0;
    used[column] = row + 1;
    nodes.set(stage.declared, { id: stage.declared, stages: [stage], needs: stage.needs, column, row });
  }
  return [...nodes.values()];
}

type Placed = Pick<GraphNode<LaidOutStage>, "column" | "row">;

/** The upper left corner of a node's box, in pixels. */
export const placeOf = ({ column, row }: Placed): { x: number; y: number } => ({
  x: column * (graphBox.width + graphBox.gapX),
  y: row * (graphBox.height + graphBox.gapY),
});

/** Width and height of a drawing of these nodes, at least one, in pixels. */
export function graphSize(nodes: readonly Placed[]): { width: number; height: number } {
  const most = (at: "column" | "row"): number => Math.max(...nodes.map((node) => node[at])) + 1;
  return {
    width: most("column") * (graphBox.width + graphBox.gapX) - graphBox.gapX,
    height: most("row") * (graphBox.height + graphBox.gapY) - graphBox.gapY,
  };
}

/** The edges of a graph as an SVG path: from the right of what a stage needs to its left. */
export function edgePath(nodes: readonly GraphNode<LaidOutStage>[]): string {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  return nodes.flatMap((node) => node.needs.flatMap((id) => edge(byId.get(id), node))).join("");
}

function edge(from: Placed | undefined, to: Placed): string[] {
  if (from === undefined) return [];
  const [a, b] = [placeOf(from), placeOf(to)];
  const [x1, y1, x2, y2] = [a.x + graphBox.width, a.y + graphBox.height / 2, b.x, b.y + graphBox.height / 2];
  const bend = Math.min(graphBox.gapX, x2 - x1);
  return [`M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`];
}

/** Statuses from the one that says most about several stages to the one that says least. */
const order: StageStatus[] = [
  ...(["failed", "parked", "waiting", "running", "backingOff", "queued", "cancelled", "succeeded", "cached"] as const),
  "skipped",
];

/** The state that stands for several: that of the status that says most. @param states at least one */
export const tellingState = <S extends Pick<StageState, "status">>(states: readonly S[]): S =>
  order.flatMap((status) => states.find((one) => one.status === status) ?? [])[0]!;

/** A node's name, cut to its box. */
export const shownName = (id: string): string => (id.length > longestName ? `${id.slice(0, longestName - 1)}…` : id);
