import { useMemo } from "preact/hooks";
import { markOfStage } from "../../../report/marks.js";
import { Status } from "../../../report/components/sign.js";
import { StageGraphParts, type StageBox } from "../../../report/components/stage-graph.js";
import { graphNodes, graphSize, tellingState, type Direction } from "../../../report/run/graph-layout.js";
import { boxFacts, maxDrawn, type Box } from "../boxes.js";
import { useWidth } from "../use-width.js";

interface GraphProps {
  boxes: readonly Box[];
  selected: string | undefined;
  nowMs: number;
  /** Called with a box's name. Always the same function. */
  onSelect: (declared: string) => void;
}

/**
 * Stages as boxes, each right of what it needs. Narrow screens show them as a list, and so do all
 * screens if they are many.
 */
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
            facts={boxFacts(box, nowMs)}
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

const isSelected = ({ cards }: Box, selected: string | undefined): boolean =>
  selected !== undefined && cards.some(({ id, declared }) => id === selected || declared === selected);

function Drawing({ boxes, selected, nowMs, onSelect }: GraphProps) {
  const nodes = graphNodes(boxes);
  const [frame, room] = useWidth<HTMLDivElement>();
  const fits = (way: Direction): boolean => graphSize(nodes, way).width + 4 <= (room ?? Infinity);
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
        <StageGraphParts
          nodes={nodes}
          direction={direction}
          renderBox={({ stages: [box] }) => stageBox(box!, nowMs, isSelected(box!, selected), onSelect)}
        />
      </svg>
    </div>
  );
}

function stageBox(box: Box, nowMs: number, isSelected: boolean, onSelect: GraphProps["onSelect"]): StageBox {
  const card = tellingState(box.cards);
  const { progress } = card;
  return {
    ...{ mark: markOfStage(card), facts: boxFacts(box, nowMs), isSelected, onSelect: () => onSelect(box.declared) },
    ...(progress && progress.total > 0 && { share: Math.min(1, progress.done / progress.total) }),
  };
}
