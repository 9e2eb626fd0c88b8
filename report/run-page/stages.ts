import { combinationText } from "../../schemas/matrix.js";
import type { StageState } from "../../schemas/run.js";
import { markup, htmlTable, type Html } from "../html.js";
import type { StageInRun } from "../run/model.js";
import { why } from "../run/why.js";
import { elapsedText } from "../stage-words.js";
import { markOfStage } from "../marks.js";
import { statusHtml } from "./marks.js";
import { stageGraph } from "./stage-graph.js";

/** The graph of the stages, and a table of their times, attempts and reasons. */
export function stagesSection(stages: readonly StageInRun[], nowMs: number): Html {
  const columns = [
    ...["stage", "type", "status", "when", "time"].map((title) => ({ title })),
    { title: "attempts", numeric: true },
    { title: "why" },
    { title: "needs" },
  ];
  const span = spanOf(stages, nowMs);
  const rows = stages.map((stage) => [
    markup`${stage.state.id}${combination(stage.state)}`,
    stage.type,
    statusHtml(markOfStage(stage.state)),
    bar(stage.state, span),
    elapsedText(stage.state, nowMs),
    stage.state.attempts,
    why(stage),
    stage.needs.join(", "),
  ]);
  return markup`<h2 id="graph">Graph</h2>
    ${stageGraph(stages, nowMs)}
    <h2 id="times">Stages and times</h2>
    <p class="muted">
      A bar is the time from a stage's start to its end, within the run; workers worked in the colored part. A stage that was not taken from the cache
ran because the store had no result of its key, or because its pipeline wants it to run.
    </p>
    ${htmlTable("Every stage, with its time and why it ran or did not", columns, rows)}${attempts(stages)}`;
}

const combination = ({ combination: values }: StageState): string =>
  values === undefined ? "" : ` (${combinationText(values)})`;

interface Span {
  fromMs: number;
  toMs: number;
}

function spanOf(stages: readonly StageInRun[], nowMs: number): Span {
  const starts = stages.flatMap(({ state }) => state.startedAtMs ?? []);
  const ends = stages.flatMap(({ state }) => (state.startedAtMs === undefined ? [] : (state.endedAtMs ?? nowMs)));
  const fromMs = starts.reduce((least, time) => Math.min(least, time), Infinity);
  return {
    fromMs,
    toMs: Math.max(
      fromMs + 1,
      ends.reduce((most, time) => Math.max(most, time), -Infinity),
    ),
  };
}

/** Where a stage lies in the run's time. What workers worked is at its end: before that, it waited. */
function bar({ startedAtMs, endedAtMs, workedMs }: StageState, { fromMs, toMs }: Span): Html | undefined {
  if (startedAtMs === undefined) return undefined;
  const place = (ms: number): number => Math.round((1600 * (ms - fromMs)) / (toMs - fromMs)) / 10;
  const endMs = endedAtMs ?? toMs;
  const [start, end] = [place(startedAtMs), place(endMs)];
  const worked = place(Math.max(startedAtMs, endMs - (workedMs ?? 0)));
  return markup`<svg class="bar" viewBox="0 0 160 12" aria-hidden="true">
    <rect x="${start}" y="3" width="${width(start, end)}" height="6" />
    <rect class="worked" x="${worked}" y="3" width="${workedMs === undefined ? 0 : width(worked, end)}" height="6" />
  </svg>`;
}

const width = (from: number, to: number): number => Math.max(0.8, Math.round(10 * (to - from)) / 10);

/** Attempts of stages that needed several, or lost one. */
function attempts(stages: readonly StageInRun[]): Html | undefined {
  const rows = stages
    .filter(({ events }) => events.attempts.length > 1 || events.attempts.some(({ failure }) => failure !== undefined))
    .flatMap(({ state, events }) =>
      events.attempts.map(({ attempt, startedAt, host, resumedAt, failure }) => [
        `${state.id} #${attempt}`,
        startedAt.replace("T", " ").slice(0, 19),
        host,
        resumedAt === undefined ? "the beginning" : `the checkpoint of step ${resumedAt.toLocaleString("en-US")}`,
        failure ?? "",
      ]),
    );
  if (rows.length === 0) return undefined;
  const columns = ["attempt", "started (UTC)", "machine", "from", "why it ended"].map((title) => ({ title }));
  return markup`<h3>Attempts</h3>
    ${htmlTable("Stages with several attempts", columns, rows)}`;
}
