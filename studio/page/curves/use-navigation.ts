import { useState } from "preact/hooks";
import type { Axis } from "../../../report/components/axis.js";
import type { ChartProps, Range } from "./chart.js";

/** Fewer pixels are no drag. */
const minDrag = 4;

/**
 * Moving within a chart by pointer, wheel and keys.
 * @returns the pixels that are being dragged over, and the events' handlers
 */
export function useNavigation(x: Axis | undefined, { onCursor, onRange }: Pick<ChartProps, "onCursor" | "onRange">) {
  const [drag, setDrag] = useState<readonly [begin: number, end: number]>();
  const dragged: Range | undefined =
    drag && Math.abs(drag[1] - drag[0]) > minDrag ? [Math.min(...drag), Math.max(...drag)] : undefined;
  if (x === undefined) return { dragged, acts: {} };
  const shift = (by: number): void => onRange([x.from + by, x.to + by]);
  const zoom = (factor: number, at = (x.from + x.to) / 2): void =>
    onRange([at - (at - x.from) * factor, at + (x.to - at) * factor]);
  const showAll = (): void => onRange(undefined);
  const keys: Record<string, () => void> = {
    ...{ "+": () => zoom(0.5), "-": () => zoom(2), 0: showAll, Escape: showAll },
    ...{ ArrowLeft: () => shift((x.from - x.to) / 5), ArrowRight: () => shift((x.to - x.from) / 5) },
  };
  const acts = {
    onPointerDown: (event: PointerEvent) => {
      if (event.button !== 0) return;
      (event.currentTarget as Element).setPointerCapture(event.pointerId);
      setDrag([event.offsetX, event.offsetX]);
    },
    onPointerMove: ({ offsetX, shiftKey }: PointerEvent) => {
      onCursor(x.valueAt(offsetX));
      if (drag === undefined) return;
      if (shiftKey) shift(x.valueAt(drag[1]) - x.valueAt(offsetX));
      setDrag([shiftKey ? offsetX : drag[0], offsetX]);
    },
    onPointerUp: () => {
      if (dragged) onRange([x.valueAt(dragged[0]), x.valueAt(dragged[1])]);
      setDrag(undefined);
    },
    onPointerLeave: () => onCursor(undefined),
    onDblClick: showAll,
    onWheel: (event: WheelEvent) => {
      if (!event.ctrlKey && !event.shiftKey) return;
      event.preventDefault();
      zoom(Math.exp(event.deltaY / 400), x.valueAt(event.offsetX));
    },
    onKeyDown: (event: KeyboardEvent) => {
      const act = keys[event.key];
      if (act === undefined) return;
      event.preventDefault();
      act();
    },
  };
  return { dragged, acts };
}
