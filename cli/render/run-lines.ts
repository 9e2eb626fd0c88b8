import { hasEnded, type RunView } from "../run-view.js";
import type { Colours } from "../terminal.js";
import { colourOf, sign, stageDetail, statusWords } from "./stage-line.js";
import { cut, duration } from "./values.js";

/** A run as lines of at most `columns` characters: one for the run, one a stage, and what the reader should know. */
export function runLines(view: RunView, columns: number, colours: Colours, nowMs: number): string[] {
  const { state, runId } = view;
  const time = duration((view.endedAtMs ?? nowMs) - view.startedAtMs);
  const head = `${colours.bold(runId)}  ${state.status}  ${colours.dim(time)}`;
  const idWidth = width(state.stages.map((stage) => stage.id));
  const statusWidth = width(state.stages.map((stage) => statusWords[stage.status]));
  const lines = state.stages.map((stage) => {
    const status = colourOf(stage.status, colours)(statusWords[stage.status].padEnd(statusWidth));
    const progress = stage.status === "running" ? view.progress[stage.id] : undefined;
    return `  ${sign(stage.status, colours)} ${stage.id.padEnd(idWidth)}  ${status}  ${stageDetail(stage, progress, nowMs)}`;
  });
  const asks = state.stages
    .filter((stage) => stage.status === "parked")
    .flatMap(({ id, failure }) => [
      ...(failure?.facts.next === undefined ? [] : [`  ${colours.yellow(`${id}: ${failure.facts.next}`)}`]),
      `  ${colours.yellow(`${id} waits for an answer: pawl retry | skip | abort ${runId} ${id}`)}`,
    ]);
  const note = view.note !== undefined && !hasEnded(view) ? [`  ${colours.yellow(view.note)}`] : [];
  return [head, ...lines, ...asks, ...note].map((line) => cut(line.trimEnd(), columns));
}

function width(texts: string[]): number {
  return Math.max(0, ...texts.map((text) => text.length));
}
