import { greatest, least } from "../../platform/extremes.js";
import { combinationText } from "../../schemas/matrix.js";
import type { StageState } from "../../schemas/run.js";
import { Status } from "../components/sign.js";
import { StageGraphParts, type StageBox } from "../components/stage-graph.js";
import { markOfStage } from "../marks.js";
import { graphNodes, graphSize, tellingState, type GraphNode } from "../run/graph-layout.js";
import type { StageInRun } from "../run/model.js";
import { explainWork } from "../run/work-reason.js";
import { elapsedText } from "../stage-words.js";
import { Table } from "../components/table.js";

interface StagesProps {
  stages: readonly StageInRun[];
  nowMs: number;
}

/** A table of the times, attempts and reasons of stages. */
export function Times({ stages, nowMs }: StagesProps) {
  const span = stageSpan(stages, nowMs);
  const rows = stages.map((stage) => [
    stage.state.id + combination(stage.state),
    stage.type,
    <Status mark={markOfStage(stage.state)} />,
    <Bar state={stage.state} span={span} />,
    elapsedText(stage.state, nowMs),
    stage.state.attempts,
    explainWork(stage),
    stage.needs.join(", "),
  ]);
  return (
    <>
      <p class="muted">
        A bar is the time from a stage's start to its end, within the run; workers worked in the colored part. A stage
        that was not taken from the cache ran because the store had no result of its key, or because its pipeline wants
        it to run.
      </p>
      <Table
        label="Every stage, with its time and why it ran or did not"
        columns={["stage", "type", "status", "when", "time", "attempts", "why", "needs"]}
        numeric={[5, 6]}
        rows={rows}
      />
      <Attempts stages={stages} />
    </>
  );
}

const combination = ({ combination: values }: StageState): string =>
  values === undefined ? "" : ` (${combinationText(values)})`;

/** Larger graphs cannot be read; the table below has all stages. */
const maxDrawn = 60;

/**
 * Stages as boxes, each right of what it needs, with status, time and attempts; nothing if there
 * are too many.
 */
export function StageGraph({ stages, nowMs }: StagesProps) {
  const nodes = graphNodes(stages);
  if (nodes.length === 0 || nodes.length > maxDrawn) return null;
  const { width, height } = graphSize(nodes);
  return (
    <div class="wide" role="group" aria-label="Graph of the stages" tabIndex={0}>
      <svg
        class="graph"
        viewBox={`-1 -1 ${width + 2} ${height + 2}`}
        role="img"
        aria-label={`${nodes.length} stages and what they need; the table below says the same`}
        style={`min-width:${Math.min(width, 1160)}px;max-width:${width}px`}
      >
        <StageGraphParts nodes={nodes} renderBox={(node) => renderBox(node, nowMs)} />
      </svg>
    </div>
  );
}

function renderBox({ stages }: GraphNode<StageInRun>, nowMs: number): StageBox {
  const states = stages.map(({ state }) => state);
  const state = tellingState(states);
  const retries = states.reduce((sum, { attempts }) => sum + Math.max(0, attempts - 1), 0);
  const facts = [
    states.length > 1 ? `${states.length} combinations` : elapsedText(state, nowMs).split(" (")[0]!,
    retries > 0 && `${retries} ${retries === 1 ? "retry" : "retries"}`,
  ];
  return { mark: markOfStage(state), facts: facts.filter(Boolean).join(" · ") };
}

interface Span {
  fromMs: number;
  toMs: number;
}

function stageSpan(stages: readonly StageInRun[], nowMs: number): Span {
  const started = stages.flatMap(({ state }) => (state.startedAtMs === undefined ? [] : [state]));
  const fromMs = least(started.map(({ startedAtMs }) => startedAtMs!));
  return { fromMs, toMs: Math.max(fromMs + 1, greatest(started.map(({ endedAtMs }) => endedAtMs ?? nowMs))) };
}

/**
 * Where a stage lies in the run's time. What workers worked is at its end: before that, it waited.
 */
function Bar({
  state: { startedAtMs, endedAtMs, workedMs },
  span: { fromMs, toMs },
}: {
  state: StageState;
  span: Span;
}) {
  if (startedAtMs === undefined) return null;
  const place = (ms: number): number => Math.round((1600 * (ms - fromMs)) / (toMs - fromMs)) / 10;
  const endMs = endedAtMs ?? toMs;
  const [start, end] = [place(startedAtMs), place(endMs)];
  const worked = place(Math.max(startedAtMs, endMs - (workedMs ?? 0)));
  return (
    <svg class="bar" viewBox="0 0 160 12" aria-hidden="true">
      <rect x={start} y="3" width={width(start, end)} height="6" />
      <rect class="worked" x={worked} y="3" width={workedMs === undefined ? 0 : width(worked, end)} height="6" />
    </svg>
  );
}

const width = (from: number, to: number): number => Math.max(0.8, Math.round(10 * (to - from)) / 10);

/** Attempts of stages that needed several, or lost one. */
function Attempts({ stages }: { stages: readonly StageInRun[] }) {
  const rows = stages
    .filter(({ events }) => events.attempts.length > 1 || events.attempts.some(({ failure }) => failure !== undefined))
    .flatMap(({ state, events }) =>
      events.attempts.map(({ attempt, startedAt, host, resumedAt, failure }) => [
        `${state.id} #${attempt}`,
        startedAt.replace("T", " ").slice(0, 19),
        host,
        resumedAt === undefined ? "the beginning" : `the checkpoint of step ${resumedAt.toLocaleString("en-US")}`,
        failure,
      ]),
    );
  if (rows.length === 0) return null;
  return (
    <>
      <h3>Attempts</h3>
      <Table
        label="Stages with several attempts"
        columns={["attempt", "started (UTC)", "machine", "from", "why it ended"]}
        rows={rows}
      />
    </>
  );
}
