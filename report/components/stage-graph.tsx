import type { Mark } from "../marks.js";
import { edgePath, graphBox, boxPosition, shortName, type Direction, type GraphNode } from "../run/graph-layout.js";
import { ShapePath } from "./sign.js";

/** What the box of a stage shows. */
export interface StageBox {
  mark: Mark;
  /** Time and attempts in a few words; may be empty. */
  facts: string;
  /** How much of it is done, 0 to 1. */
  share?: number;
  isSelected?: boolean;
  /** Absent: the box is a picture. */
  onSelect?: () => void;
}

interface StageGraphProps<S extends { declared: string; needs: readonly string[] }> {
  nodes: readonly GraphNode<S>[];
  direction?: Direction;
  renderBox: (node: GraphNode<S>) => StageBox;
}

/** Stages as boxes and what they need as lines, as parts of an SVG. */
export const StageGraphParts = <S extends { declared: string; needs: readonly string[] }>({
  nodes,
  direction = "right",
  renderBox,
}: StageGraphProps<S>) => (
  <>
    <path class="edge" d={edgePath(nodes, direction)} />
    {nodes.map((node) => (
      <Box key={node.id} name={node.id} {...boxPosition(node, direction)} {...renderBox(node)} />
    ))}
  </>
);

/** Characters of the second line that fit into a box. */
const longestFacts = 28;
const shownFacts = (text: string): string =>
  text.length > longestFacts ? `${text.slice(0, longestFacts - 1)}…` : text;

function Box({ name, x, y, mark, facts, share = 0, isSelected, onSelect }: BoxProps) {
  const { shape, word, color } = mark;
  // In SVG, names of attributes have their case.
  const acts = onSelect && {
    ...{ role: "button" as const, tabindex: 0, "aria-pressed": isSelected === true, onClick: onSelect },
    onKeyDown: (event: { key: string; preventDefault: () => void }) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      onSelect();
    },
  };
  return (
    <g class={`node is-${color}`} {...acts}>
      <title>{`${name}: ${[word, facts].filter(Boolean).join(", ")}`}</title>
      <rect x={x} y={y} width={graphBox.width} height={graphBox.height} rx={6} />
      {share > 0 && (
        <rect class="node-share" x={x} y={y + graphBox.height - 3} width={graphBox.width * share} height={3} />
      )}
      <g transform={`translate(${x + 8} ${y + 5})`}>
        <ShapePath shape={shape} />
      </g>
      <text x={x + 24} y={y + 15}>
        {shortName(name)}
      </text>
      <text class="second" x={x + 8} y={y + 29}>
        {shownFacts(facts || word)}
      </text>
    </g>
  );
}

interface BoxProps extends StageBox {
  name: string;
  x: number;
  y: number;
}
