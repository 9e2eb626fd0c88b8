import { markOfStage } from "../../../report/marks.js";
import { tellingState } from "../../../report/run/graph-layout.js";
import { spoken } from "../text.js";
import type { Box } from "../boxes.js";
import { greatest, least } from "../../../platform/extremes.js";

/** When each stage ran, within the run: waiting in gray, work in the color of its status. */
export function Timeline({
  boxes,
  nowMs,
  onSelect,
}: {
  boxes: readonly Box[];
  nowMs: number;
  onSelect: (declared: string) => void;
}) {
  const spans = boxes.flatMap((box) => boxSpan(box, nowMs) ?? []);
  if (spans.length === 0) return null;
  const fromMs = least(spans.map((span) => span.fromMs));
  const toMs = Math.max(fromMs + 1, greatest(spans.map((span) => span.toMs)));
  const toPercent = (ms: number): number => (100 * (ms - fromMs)) / (toMs - fromMs);
  return (
    <ol class="timeline">
      {spans.map(({ box, ...span }) => {
        const { color, word } = markOfStage(tellingState(box.cards));
        const [left, right] = [toPercent(span.fromMs), toPercent(span.toMs)];
        const worked = Math.min(right - left, (100 * span.workedMs) / (toMs - fromMs));
        return (
          <li key={box.declared}>
            <button type="button" onClick={() => onSelect(box.declared)} title={`${box.declared}: ${word}`}>
              <span class="timeline-name">{box.declared}</span>
              <span class="timeline-track">
                <span class="timeline-bar" style={{ left: `${left}%`, width: `max(2px, ${right - left}%)` }} />
                <span
                  class={`timeline-bar timeline-worked is-${color}`}
                  style={{ left: `${right - worked}%`, width: `max(2px, ${worked}%)` }}
                />
              </span>
              <span class="timeline-time">{spoken(span.toMs - span.fromMs)}</span>
            </button>
          </li>
        );
      })}
    </ol>
  );
}

function boxSpan(box: Box, nowMs: number): { box: Box; fromMs: number; toMs: number; workedMs: number } | undefined {
  const begun = box.cards.filter(({ startedAtMs }) => startedAtMs !== undefined);
  if (begun.length === 0) return undefined;
  const fromMs = least(begun.map(({ startedAtMs }) => startedAtMs!));
  const toMs = greatest(begun.map(({ endedAtMs }) => endedAtMs ?? nowMs));
  // What workers worked is at the end: before that, it waited.
  const worked = begun.map(
    ({ workedMs, endedAtMs, startedAtMs }) => workedMs ?? (endedAtMs === undefined ? nowMs - startedAtMs! : 0),
  );
  return {
    box,
    fromMs,
    toMs,
    workedMs: Math.min(
      toMs - fromMs,
      worked.reduce((sum, ms) => sum + ms, 0),
    ),
  };
}
