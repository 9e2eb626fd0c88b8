import type { StageState, StageStatus } from "../../schemas/run.js";
import { greatest } from "../../platform/extremes.js";

/** Size of a stage's box and the room between two, in pixels. */
export const graphBox = { width: 168, height: 36, gapX: 48, gapY: 8 } as const;
/** Characters of a name that fit into a box. */
const maxNameLength = 22;

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

/**
 * Stages as nodes, each right of what it needs: one column more than the last of those, in the next
 * free row.
 */
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

/** Where a graph grows: to the right of what a stage needs, or down from it. */
export type Direction = "right" | "down";

/** Room between two boxes, in the direction of the edges and across it, in pixels. */
const gaps = { right: { along: graphBox.gapX, across: graphBox.gapY }, down: { along: 24, across: 16 } } as const;

type Placed = Pick<GraphNode<LaidOutStage>, "column" | "row">;

/** The upper left corner of a node's box, in pixels. */
export function boxPosition({ column, row }: Placed, direction: Direction = "right"): { x: number; y: number } {
  const { along, across } = gaps[direction];
  const { width, height } = graphBox;
  return direction === "right"
    ? { x: column * (width + along), y: row * (height + across) }
    : { x: row * (width + across), y: column * (height + along) };
}

/** Width and height of a drawing of these nodes, at least one, in pixels. */
export function graphSize(nodes: readonly Placed[], direction?: Direction): { width: number; height: number } {
  const places = nodes.map((node) => boxPosition(node, direction));
  return {
    width: greatest(places.map(({ x }) => x)) + graphBox.width,
    height: greatest(places.map(({ y }) => y)) + graphBox.height,
  };
}

/** The edges of a graph as an SVG path: from the end of what a stage needs to its beginning. */
export function edgePath(nodes: readonly GraphNode<LaidOutStage>[], direction?: Direction): string {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  return nodes.flatMap((node) => node.needs.flatMap((id) => edge(byId.get(id), node, direction))).join("");
}

function edge(from: Placed | undefined, to: Placed, direction: Direction = "right"): string[] {
  if (from === undefined) return [];
  const [a, b] = [boxPosition(from, direction), boxPosition(to, direction)];
  const { width, height } = graphBox;
  if (direction === "down") {
    const [x1, y1, x2, y2] = [a.x + width / 2, a.y + height, b.x + width / 2, b.y];
    const bend = Math.min(gaps.down.along, y2 - y1);
    return [`M${x1} ${y1}C${x1} ${y1 + bend} ${x2} ${y2 - bend} ${x2} ${y2}`];
  }
  const [x1, y1, x2, y2] = [a.x + width, a.y + height / 2, b.x, b.y + height / 2];
  const bend = Math.min(graphBox.gapX, x2 - x1);
  return [`M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`];
}

/** Statuses from the one that says most about several stages to the one that says least. */
const order: StageStatus[] = [
  ...(["failed", "parked", "waiting", "running", "backingOff", "queued", "cancelled", "succeeded", "cached"] as const),
  "skipped",
];

/**
 * The state that stands for several: that of the status that says most.
 * @param states at least one
 */
export const tellingState = <S extends Pick<StageState, "status">>(states: readonly S[]): S =>
  order.flatMap((status) => states.find((one) => one.status === status) ?? [])[0]!;

/** A node's name, cut to its box. */
export const shortName = (id: string): string =>
  id.length > maxNameLength ? `${id.slice(0, maxNameLength - 1)}…` : id;
