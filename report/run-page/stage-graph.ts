import type { StageStatus } from "../../schemas/run.js";
import { markup, type Html } from "../html.js";
import type { StageInRun } from "../run/model.js";
import { elapsedText } from "../stage-words.js";
import { markOfStage } from "./marks.js";

/** Larger graphs cannot be read; the table below has all stages. */
const mostDrawn = 60;

const box = { width: 168, height: 36, gapX: 48, gapY: 8 };
/** Characters of a name that fit into a box. */
const longestName = 22;

/** A stage of the definition: all combinations of a matrix are one. */
interface Node {
  id: string;
  stages: StageInRun[];
  needs: string[];
  column: number;
  row: number;
}

/** Stages as boxes, each right of what it needs, with status, time and attempts; undefined if there are too many. */
export function stageGraph(stages: readonly StageInRun[], nowMs: number): Html | undefined {
  const nodes = nodesOf(stages);
  if (nodes.length === 0 || nodes.length > mostDrawn) return undefined;
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const width = (Math.max(...nodes.map(({ column }) => column)) + 1) * (box.width + box.gapX) - box.gapX;
  const height = (Math.max(...nodes.map(({ row }) => row)) + 1) * (box.height + box.gapY) - box.gapY;
  const edges = nodes.flatMap((node) => node.needs.flatMap((id) => edge(byId.get(id), node)));
  const label = `${nodes.length} stages and what they need; the table below says the same`;
  return markup`<div class="wide">
    <svg
      class="graph"
      viewBox="-1 -1 ${width + 2} ${height + 2}"
      role="img"
      aria-label="${label}"
      style="min-width:${Math.min(width, 1160)}px;max-width:${width}px"
    >
      <path class="edge" d="${edges.join("")}" />
      ${nodes.map((node) => boxOf(node, nowMs))}
    </svg>
  </div>\n`;
}

/** The column of a stage is one more than the last of those that it needs; it takes the next free row. */
function nodesOf(stages: readonly StageInRun[]): Node[] {
  const nodes = new Map<string, Node>();
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

const placeOf = ({ column, row }: Node): { x: number; y: number } => ({
  x: column * (box.width + box.gapX),
  y: row * (box.height + box.gapY),
});

function edge(from: Node | undefined, to: Node): string[] {
  if (from === undefined) return [];
  const [a, b] = [placeOf(from), placeOf(to)];
  const [x1, y1, x2, y2] = [a.x + box.width, a.y + box.height / 2, b.x, b.y + box.height / 2];
  const bend = Math.min(box.gapX, x2 - x1);
  return [`M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`];
}

/** Statuses from the one that says most about several stages to the one that says least. */
const order: StageStatus[] = [
  ...(["failed", "parked", "waiting", "running", "backingOff", "queued", "cancelled", "succeeded", "cached"] as const),
  "skipped",
];

function boxOf(node: Node, nowMs: number): Html {
  const { x, y } = placeOf(node);
  const states = node.stages.map(({ state }) => state);
  const state = order.flatMap((status) => states.find((one) => one.status === status) ?? [])[0]!;
  const { sign, word, color } = markOfStage(state);
  const attempts = states.reduce((sum, one) => sum + Math.max(0, one.attempts - 1), 0);
  const facts = [
    states.length > 1 ? `${states.length} combinations` : elapsedText(state, nowMs).split(" (")[0]!,
    ...(attempts > 0 ? [`${attempts} ${attempts === 1 ? "retry" : "retries"}`] : []),
  ].filter(Boolean);
  const name = node.id.length > longestName ? `${node.id.slice(0, longestName - 1)}…` : node.id;
  return markup`<g
    ><title>${node.id}: ${[word, ...facts].join(", ")}</title
    ><rect x="${x}" y="${y}" width="${box.width}" height="${box.height}" rx="6" />
    <text x="${x + 8}" y="${y + 15}"><tspan class="is-${color}">${sign}</tspan> ${name}</text
    ><text class="second" x="${x + 8}" y="${y + 29}">${facts.join(" · ") || word}</text></g
  >`;
}
