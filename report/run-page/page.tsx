import type { ErrorFacts } from "../../platform/errors.js";
import { isOver } from "../../schemas/run.js";
import { SamplesTable } from "../components/samples.js";
import { Sign, Status } from "../components/sign.js";
import { markOfRun } from "../marks.js";
import type { Measurement } from "../run/measurements.js";
import type { RunModel } from "../run/model.js";
import { shellWord } from "../shell-word.js";
import { duration } from "../values.js";
import { Curves } from "./curves.js";
import { dateText, documentText, type Written } from "./document.js";
import { measurementLine, measurementText } from "../run/measurement-text.js";
import { Evaluation, Features, hasPreferences, Preferences } from "./measured.js";
import { Provenance } from "./provenance.js";
import { StageGraph, Times } from "./stages.js";
import { Table } from "../components/table.js";

/** The report of a run as one HTML file. */
export function runPage(model: RunModel, written: Written): string {
  const { samples, curves, evaluations, featureTables, stages, problems, runId } = model;
  const panels = curves.map((curve) => ({ stage: curve.stage, metric: curve.metric, curves: [curve] }));
  const nowMs = model.endedAtMs ?? written.nowMs;
  const rest = `pawl metrics ${shellWord(runId)} --plot`;
  return documentText({
    ...{ written, title: `${runId}: report`, heading: <Heading model={model} nowMs={written.nowMs} /> },
    sections: [
      samples.length > 0 && { id: "samples", title: "Samples", content: <SamplesTable samples={samples} /> },
      panels.length > 0 && { id: "curves", title: "Curves", content: <Curves panels={panels} rest={rest} /> },
      evaluations.length > 0 && {
        ...{ id: "evaluation", title: "Evaluation", content: <Evaluation evaluations={evaluations} /> },
      },
      hasPreferences(stages) && { id: "preferences", title: "Preferences", content: <Preferences stages={stages} /> },
      featureTables.length > 0 && {
        ...{ id: "features", title: "Graph features", content: <Features tables={featureTables} /> },
      },
      { id: "graph", title: "Graph", content: <StageGraph stages={stages} nowMs={nowMs} /> },
      { id: "times", title: "Stages and times", content: <Times stages={stages} nowMs={nowMs} /> },
      { id: "provenance", title: "Provenance", content: <Provenance model={model} /> },
      problems.length > 0 && { id: "problems", title: "What is missing", content: <Problems problems={problems} /> },
    ],
  });
}

function Heading({ model, nowMs }: { model: RunModel; nowMs: number }) {
  const { runId, plan, status, startedAtMs, endedAtMs, measurements, stages } = model;
  const took = duration((endedAtMs ?? nowMs) - startedAtMs);
  const done = stages.filter(({ state }) => ["succeeded", "cached", "skipped"].includes(state.status)).length;
  const { first, others } = measurements;
  return (
    <>
      <h1>{runId}</h1>
      <p>
        <Status mark={markOfRun(status)} />{" "}
        <span class="muted">
          {plan.name} · started {dateText(startedAtMs)} · {took} · {done} of {stages.length} stages done
        </span>
      </p>
      {plan.description !== undefined && <p>{plan.description}</p>}
      {!isOver(status) && (
        <p class="notice">
          The run had not ended when this was written ({dateText(nowMs)}): this is what there was. Again:{" "}
          <code>pawl report {shellWord(runId)}</code>
        </p>
      )}
      <Failures model={model} />
      {first.length > 0 && (
        <dl class="numbers">
          {first.map((measurement) => (
            <Tile measurement={measurement} />
          ))}
        </dl>
      )}
      {others.length > 0 && (
        <details>
          <summary>{others.length} more measurements</summary>
          <Table
            label="More measurements"
            columns={["measurement", "value"]}
            numeric={[1]}
            rows={others.map((measurement) => [measurement.name, measurementLine(measurement)])}
          />
        </details>
      )}
    </>
  );
}

/** A measurement that matters first, large. */
function Tile({ measurement }: { measurement: Measurement }) {
  const { value, interval, unit } = measurementText(measurement);
  return (
    <div>
      <dt>{measurement.name}</dt>{" "}
      <dd>
        <b>{value}</b> {unit}
      </dd>
      <dd class="muted">{interval !== undefined && `${interval.startsWith("±") ? "" : "95 %: "}${interval}`}</dd>
    </div>
  );
}

/** Characters of an error that are shown; its log has the rest. */
const maxMessageLength = 2000;
/** Failed stages that are explained. */
const maxFailures = 20;

function Failures({ model: { stages, runId, failure } }: { model: RunModel }) {
  const failed = stages.filter(({ state }) => state.failure !== undefined && state.status !== "succeeded");
  if (failed.length === 0 && failure === undefined) return null;
  return (
    <div class="notice is-error">
      {failure && <Failure title={failure.code} text={failure.message} />}
      {failed.slice(0, maxFailures).map(({ state: { id, uses, failure } }) => (
        <Failure title={`${id} (${uses})`} text={`${failure!.code}: ${failure!.message}`} facts={failure!.facts} />
      ))}
      {failed.length > maxFailures && (
        <p>
          and {failed.length - maxFailures} more: <code>pawl status {shellWord(runId)}</code>
        </p>
      )}
    </div>
  );
}

function Failure({ title, text, facts = {} }: { title: string; text: string; facts?: ErrorFacts }) {
  return (
    <p>
      <b class="is-bad">
        <Sign shape="cross" /> {title}
      </b>{" "}
      {text.slice(0, maxMessageLength)}
      {(["where", "expected", "got", "next"] as const).map(
        (name) =>
          facts[name] !== undefined && (
            <>
              <br />
              {name}: {String(facts[name]).slice(0, maxMessageLength)}
            </>
          ),
      )}
    </p>
  );
}

const Problems = ({ problems }: { problems: readonly string[] }) => (
  <>
    <ul>
      {problems.map((problem) => (
        <li>{problem}</li>
      ))}
    </ul>
  </>
);
