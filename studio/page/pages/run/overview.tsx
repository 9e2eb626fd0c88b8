import { useCallback, useMemo, useRef, useState } from "preact/hooks";
import { Status } from "../../../../report/components/sign.js";
import { markOfStage } from "../../../../report/marks.js";
import { certainty, compactNumber, isBeside, shortNumber } from "../../../../report/values.js";
import type { StageCard, WaitingItem } from "../../../messages.js";
import { answerAddress, artifactAddress, chooseAddress, runAddress } from "../../address.js";
import { Ago, Bar, Command, Empty, FailureNotice, useNow } from "../../components/basics.js";
import { Select } from "../../components/fields.js";
import { Sparkline } from "../../components/sparkline.js";
import { groupBoxes, elapsed, type Box } from "../../boxes.js";
import { StageGraph } from "../../components/stage-graph.js";
import { Timeline } from "../../components/timeline.js";
import { useKeys } from "../../keys.js";
import { setQuery, usePlace } from "../../router.js";
import { absolute, spoken } from "../../text.js";
import type { ShownRun } from "./shown-run.js";
import { Detail } from "./stage-detail.js";

/** The graph beside the selected stage, and when each stage ran. */
export function Overview({ head, stages }: ShownRun) {
  const now = useNow(1000);
  const [isFolded, setFolded] = useState(true);
  const all = useMemo(() => ({ folded: groupBoxes(stages, true), single: groupBoxes(stages, false) }), [stages]);
  const boxes = isFolded ? all.folded : all.single;
  const { selected, onSelect } = useSelection(stages, boxes, () => setFolded(false));
  if (stages.length === 0)
    return (
      <Empty title="No stage is known yet.">
        <p class="muted">
          {head.status === "loading" ? "A worker compiles the pipeline." : "The store has no plan of this run."}
        </p>
      </Empty>
    );
  const hasFolds = all.folded.length < all.single.length;
  return (
    <div class="overview">
      <div class="overview-left">
        <section class="panel graph-panel" aria-label="Stages">
          <div class="panel-heading">
            <h2>Stages</h2>
            <span class="muted">{progressText(stages)}</span>
            <span class="grow" />
            {hasFolds && (
              <button type="button" class="quiet" aria-pressed={!isFolded} onClick={() => setFolded(!isFolded)}>
                {isFolded ? "show all" : "fold finished"}
              </button>
            )}
          </div>
          <StageGraph boxes={boxes} selected={selected?.id} nowMs={now} onSelect={onSelect} />
        </section>
        <section class="panel timeline-panel" aria-label="Timeline">
          <div class="panel-heading">
            <h2>Timeline</h2>
            <span class="muted">gray: waited; colored: worked</span>
          </div>
          <Timeline boxes={boxes} nowMs={now} onSelect={onSelect} />
        </section>
      </div>
      {selected && (
        <StagePanel key={selected.id} run={head.run} card={selected} siblings={stages} nowMs={now} waits={head.waits} />
      )}
    </div>
  );
}

/**
 * The selected stage, which the address keeps; keys move to the next.
 * @param unfold called for a box that stands for several
 */
function useSelection(stages: readonly StageCard[], boxes: readonly Box[], unfold: () => void) {
  const { query } = usePlace();
  const selected = stages.find(({ id }) => id === query.get("stage")) ?? tellingStage(stages);
  const select = (declared: string): void => {
    const box = boxes.find((one) => one.declared === declared);
    if (box === undefined) return;
    if (box.folded > 1) unfold();
    else {
      setQuery({ stage: box.cards.find(({ id }) => id === selected?.id)?.id ?? box.cards[0]!.id });
      // On a narrow screen, the panel stands below the list.
      requestAnimationFrame(() => document.querySelector(".stage-panel")?.scrollIntoView({ block: "nearest" }));
    }
  };
  const newest = useRef(select);
  newest.current = select;
  const onSelect = useCallback((declared: string) => newest.current(declared), []);
  const move = (by: number): void => {
    const at = stages.findIndex(({ id }) => id === selected?.id) + by;
    if (stages[at]) setQuery({ stage: stages[at].id });
  };
  useKeys([
    { keys: "j", label: "the next stage", act: () => move(1) },
    { keys: "k", label: "the stage before", act: () => move(-1) },
  ]);
  return { selected, onSelect };
}

const answerTo = ({ kind, run, stage }: WaitingItem): string =>
  kind === "choices" ? chooseAddress(run, stage) : answerAddress(run, stage);

const progressText = (stages: readonly StageCard[]): string => {
  const done = stages.filter(({ status }) => ["succeeded", "cached", "skipped", "cancelled"].includes(status)).length;
  return `${done} of ${stages.length} done`;
};

/** Metrics of stages that train. */
const learned = ["loss", "reward"];

/**
 * The stage to look at first: one that failed or waits, one that runs, or the last with a curve.
 */
function tellingStage(stages: readonly StageCard[]): StageCard | undefined {
  for (const status of ["failed", "parked", "waiting", "running", "backingOff"] as const) {
    const found = stages.findLast((stage) => stage.status === status);
    if (found) return found;
  }
  return stages.findLast(({ metrics }) => learned.some((name) => metrics[name] !== undefined)) ?? stages.at(-1);
}

interface PanelProps {
  run: string;
  card: StageCard;
  siblings: readonly StageCard[];
  nowMs: number;
  waits: ShownRun["head"]["waits"];
}

function StagePanel({ run, card, siblings, nowMs, waits }: PanelProps) {
  const { id, declared, type, status, attempts, reason, failure, combination } = card;
  const others = siblings.filter((one) => one.declared === declared);
  const waiting = waits.find((item) => item.stage === id);
  return (
    <section class="panel stage-panel" aria-label={`Stage ${id}`}>
      <div class="panel-heading">
        <h2>{id}</h2>
        <span class="muted">{type}</span>
        <Status mark={markOfStage(card)} />
      </div>
      {others.length > 1 && (
        <label class="field-row">
          <span class="muted">combination</span>
          <Select
            value={id}
            options={others.map((one) => [one.id, `${one.id} ${one.combination ?? ""}`] as const)}
            onChange={(stage) => setQuery({ stage })}
          />
        </label>
      )}
      {combination !== undefined && others.length === 1 && <p>{combination}</p>}
      <StageProgress card={card} nowMs={nowMs} />
      {failure && <FailureNotice failure={failure} />}
      {reason !== undefined && !failure && <p>{reason}</p>}
      {waiting && (
        <p class="links">
          <a class="button is-main" href={answerTo(waiting)}>
            {waiting.kind === "choices" ? "Choose" : waiting.kind === "parked" ? "Decide" : "Answer"}
          </a>
          <Command text={waiting.command} />
        </p>
      )}
      {card.child !== undefined && (
        <p>
          a run of its own: <a href={runAddress(card.child)}>{card.child}</a>
        </p>
      )}
      <Metrics card={card} />
      <p class="links">
        <a href={runAddress(run, "curves", { stage: id })}>curves</a>
        <a href={runAddress(run, "logs", { stage: id })}>log</a>
        {Object.entries(card.outputs).map(([name, ref]) => (
          <a key={name} href={artifactAddress(ref.digest)}>
            {name}
          </a>
        ))}
      </p>
      <Detail run={run} id={id} version={`${status} ${attempts}`} />
    </section>
  );
}

function StageProgress({ card, nowMs }: { card: StageCard; nowMs: number }) {
  const { status, progress, curve, leftMs, isQueued, startedAtMs, endedAtMs } = card;
  if (status === "running" && isQueued) return <p class="muted">waits for a worker process</p>;
  if (progress === undefined) {
    if (startedAtMs === undefined) return null;
    return (
      <p class="muted">
        <span title={absolute(startedAtMs)}>{spoken(elapsed(card, nowMs))}</span>
        {endedAtMs !== undefined && (
          <>
            , ended <Ago ms={endedAtMs} nowMs={nowMs} />
          </>
        )}
      </p>
    );
  }
  const { phase, done, total, unit, metrics, checkpointStep, checkpointedAtMs } = progress;
  const speed = metrics["tokensPerSecond"];
  const facts = [
    total > 0 ? `${done.toLocaleString("en-US")} / ${total.toLocaleString("en-US")} ${unit}` : phase,
    speed === undefined ? "" : `${compactNumber(speed)} tok/s`,
    leftMs === undefined ? "" : `${spoken(leftMs)} left`,
    checkpointedAtMs !== undefined
      ? `checkpoint ${spoken(nowMs - checkpointedAtMs)} old`
      : checkpointStep !== undefined
        ? `checkpoint at ${checkpointStep.toLocaleString("en-US")}`
        : "",
  ];
  return (
    <div class="progress-of">
      {total > 0 && <Bar share={done / total} label={phase} />}
      <p>{facts.filter(Boolean).join(" · ")}</p>
      {curve && <Sparkline values={curve} />}
      <Values values={Object.entries(metrics).filter(([name]) => name !== "tokensPerSecond")} />
    </div>
  );
}

const maxMetrics = 12;

function Metrics({ card: { metrics } }: { card: StageCard }) {
  const entries = Object.entries(metrics).filter(([name, value]) => value !== null && !isBeside(name, metrics));
  if (entries.length === 0) return null;
  const text = ([name, value]: [string, number]): [string, number, string] => [name, value, certainty(name, metrics)];
  return (
    <>
      <Values values={entries.slice(0, maxMetrics).map(text)} />
      {entries.length > maxMetrics && (
        <details>
          <summary>{entries.length - maxMetrics} more metrics</summary>
          <Values values={entries.slice(maxMetrics).map(text)} />
        </details>
      )}
    </>
  );
}

function Values({ values }: { values: readonly (readonly [name: string, value: number, bounds?: string])[] }) {
  return (
    <dl class="values">
      {values.map(([name, value, bounds = ""]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            {shortNumber(value)}
            <span class="muted">{bounds}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}
