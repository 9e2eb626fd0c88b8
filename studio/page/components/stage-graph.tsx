import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { markOfStage } from "../../../report/marks.js";
import {
  edgePath,
  graphBox,
  graphNodes,
  graphSize,
  placeOf,
  shownName,
  tellingState,
  type Direction,
} from "../../../report/run/graph-layout.js";
import { factsOf, maxDrawn, type Box } from "../boxes.js";
import { Status } from "./basics.js";
import { ShapePath } from "./sign.js";

interface GraphProps {
  boxes: readonly Box[];
  selected: string | undefined;
  nowMs: number;
  /** Called with a box's name. Always the same function. */
  onSelect: (declared: string) => void;
}

/** Stages as boxes, each right of what it needs. Narrow screens show them as a list, and so do all screens if they are many. */
export function StageGraph(props: GraphProps) {
  const { boxes, selected, nowMs, onSelect } = props;
  if (boxes.length === 0) return null;
  const isDrawn = boxes.length <= maxDrawn;
  return (
    <>
      {isDrawn && <Drawing {...props} />}
      <ul class={isDrawn ? "stage-list" : "stage-list is-only"}>
        {boxes.map((box) => (
          <Item
            key={box.declared}
            name={box.declared}
            state={tellingState(box.cards)}
            facts={factsOf(box, nowMs)}
            isSelected={isSelected(box, selected)}
            onSelect={onSelect}
          />
        ))}
      </ul>
    </>
  );
}

interface ItemProps {
  name: string;
  state: Box["cards"][number];
  facts: string;
  isSelected: boolean;
  onSelect: (declared: string) => void;
}

/** Rendered again only if what it shows has changed. */
function Item({ name, state, facts, isSelected: isPressed, onSelect }: ItemProps) {
  const { shape, word, color } = markOfStage(state);
  return useMemo(
    () => (
      <li>
        <button type="button" aria-pressed={isPressed} onClick={() => onSelect(name)}>
          <span class="stage-name">{name}</span>
          <Status mark={{ shape, word, color }} />
          <span class="muted">{facts}</span>
        </button>
      </li>
    ),
    [name, shape, word, color, facts, isPressed, onSelect],
  );
}

/** Characters of the second line that fit into a box. */
const longestFacts = 28;
const shownFacts = (text: string): string =>
  text.length > longestFacts ? `${text.slice(0, longestFacts - 1)}…` : text;

const isSelected = ({ cards }: Box, selected: string | undefined): boolean =>
  selected !== undefined && cards.some(({ id, declared }) => id === selected || declared === selected);

function Drawing({ boxes, selected, nowMs, onSelect }: GraphProps) {
  const nodes = graphNodes(boxes);
  const frame = useRef<HTMLDivElement>(null);
  const [room, setRoom] = useState(Infinity);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setRoom(entry!.contentRect.width));
    observer.observe(frame.current!);
    return () => observer.disconnect();
  }, []);
  const fits = (way: Direction): boolean => graphSize(nodes, way).width + 4 <= room;
  const direction = !fits("right") && fits("down") ? "down" : "right";
  const { width, height } = graphSize(nodes, direction);
  return (
    <div class="graph-scroll" ref={frame}>
      <svg
        class="graph"
        width={width + 4}
        height={height + 4}
        viewBox={`-2 -2 ${width + 4} ${height + 4}`}
        role="group"
        aria-label="Stages and what they need"
      >
        <path class="edge" d={edgePath(nodes, direction)} />
        {nodes.map((node) => {
          const box = node.stages[0]!;
          const { x, y } = placeOf(node, direction);
          const card = tellingState(box.cards);
          const { shape, word, color } = markOfStage(card);
          const facts = factsOf(box, nowMs);
          const { progress } = card;
          const share = progress && progress.total > 0 ? Math.min(1, progress.done / progress.total) : 0;
          const select = (): void => onSelect(box.declared);
          return (
            <g
              key={node.id}
              class={`node is-${color}`}
              role="button"
              tabIndex={0}
              aria-pressed={isSelected(box, selected)}
              onClick={select}
              onKeyDown={(event) => (event.key === "Enter" || event.key === " ") && (event.preventDefault(), select())}
            >
              <title>{`${node.id}: ${word}, ${facts}`}</title>
              <rect x={x} y={y} width={graphBox.width} height={graphBox.height} rx={6} />
              {share > 0 && (
                <rect class="node-share" x={x} y={y + graphBox.height - 3} width={graphBox.width * share} height={3} />
              )}
              <g transform={`translate(${x + 8} ${y + 5})`}>
                <ShapePath shape={shape} />
              </g>
              <text x={x + 24} y={y + 15}>
                {shownName(node.id)}
              </text>
              <text class="second" x={x + 8} y={y + 29}>
                {shownFacts(facts || word)}
              </text>
            </g>
          );
        })}
      </svg>
    </div>
  );
}
