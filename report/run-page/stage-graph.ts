import { markup, type Html } from "../html.js";
import { markOfStage } from "../marks.js";
import {
  edgePath,
  graphBox,
  graphNodes,
  graphSize,
  placeOf,
  shownName,
  tellingState,
  type GraphNode,
} from "../run/graph-layout.js";
import type { StageInRun } from "../run/model.js";
import { elapsedText } from "../stage-words.js";
import { shapePath } from "./marks.js";

/** Larger graphs cannot be read; the table below has all stages. */
const maxDrawn = 60;

/** Stages as boxes, each right of what it needs, with status, time and attempts; undefined if there are too many. */
export function stageGraph(stages: readonly StageInRun[], nowMs: number): Html | undefined {
  const nodes = graphNodes(stages);
  if (nodes.length === 0 || nodes.length > maxDrawn) return undefined;
  const { width, height } = graphSize(nodes);
  const label = `${nodes.length} stages and what they need; the table below says the same`;
  return markup`<div class="wide" role="group" aria-label="Graph of the stages" tabindex="0">
    <svg
      class="graph"
      viewBox="-1 -1 ${width + 2} ${height + 2}"
      role="img"
      aria-label="${label}"
      style="min-width:${Math.min(width, 1160)}px;max-width:${width}px"
    >
      <path class="edge" d="${edgePath(nodes)}" />
      ${nodes.map((node) => boxOf(node, nowMs))}
    </svg>
  </div>\n`;
}

function boxOf(node: GraphNode<StageInRun>, nowMs: number): Html {
  const { x, y } = placeOf(node);
  const states = node.stages.map(({ state }) => state);
  const state = tellingState(states);
  const { shape, word, color } = markOfStage(state);
  const attempts = states.reduce((sum, one) => sum + Math.max(0, one.attempts - 1), 0);
  const facts = [
    states.length > 1 ? `${states.length} combinations` : elapsedText(state, nowMs).split(" (")[0]!,
    ...(attempts > 0 ? [`${attempts} ${attempts === 1 ? "retry" : "retries"}`] : []),
  ].filter(Boolean);
  return markup`<g
    ><title>${node.id}: ${[word, ...facts].join(", ")}</title
    ><rect x="${x}" y="${y}" width="${graphBox.width}" height="${graphBox.height}" rx="6" />
    <g class="is-${color}" transform="translate(${x + 8} ${y + 5})">${shapePath(shape)}</g
    ><text x="${x + 24}" y="${y + 15}">${shownName(node.id)}</text
    ><text class="second" x="${x + 8}" y="${y + 29}">${facts.join(" · ") || word}</text></g
  >`;
}
