import type { ComponentChildren } from "preact";
import type { Board } from "../../messages.js";
import {
  DifferingMetrics,
  DifferingSamples,
  DifferingSettings,
  Swatch,
} from "../../../report/components/comparison.js";
import { Status } from "../../../report/components/sign.js";
import { markOfRun } from "../../../report/marks.js";
import type { CompareMessage } from "../../definition-messages.js";
import { compareAddress, runAddress } from "../address.js";
import { Ago, Empty, FailureNotice, Loading, Note, useNow } from "../components/basics.js";
import { Select } from "../components/fields.js";
import { maxRuns } from "../curves/chart.js";
import { CurvesOfRuns } from "../curves/curves-of-runs.js";
import { navigate, usePlace } from "../router.js";
import { useLoaded } from "../send.js";
import { spoken } from "../text.js";

/** Runs beside each other: first what was set, then what came of it. */
export function Compare() {
  const { query } = usePlace();
  const ids = [...new Set(query.getAll("run"))];
  const { value, failure } = useLoaded<CompareMessage>(ids.length < 2 ? undefined : `/api${compareAddress(ids)}`);
  return (
    <>
      <div class="heading">
        <h1>Compare</h1>
        <span class="grow" />
        <AddRun ids={ids} />
      </div>
      {ids.length < 2 ? (
        <Empty title={ids.length === 0 ? "Choose two runs or more." : `${ids[0]}, and which other run?`}>
          <p class="muted">
            Or mark them in the <a href="/runs">list of runs</a>.
          </p>
        </Empty>
      ) : failure ? (
        <FailureNotice failure={failure} title="These runs cannot be compared." />
      ) : value === undefined ? (
        <Loading lines={12} />
      ) : (
        <Compared message={value} />
      )}
    </>
  );
}

function AddRun({ ids }: { ids: readonly string[] }) {
  const { value } = useLoaded<Board>("/api/runs");
  const others = value?.runs.filter(({ run }) => !ids.includes(run)).slice(0, 200) ?? [];
  if (ids.length >= maxRuns || others.length === 0) return null;
  return (
    <Select
      label="Add a run"
      value=""
      options={[["", "add a run…"], ...others.map(({ run }) => run)]}
      onChange={(run) => navigate(compareAddress([...ids, run]))}
    />
  );
}

function Compared({ message }: { message: CompareMessage }) {
  const { runs, problems } = message;
  const ids = runs.map(({ run }) => run);
  return (
    <div class="compare">
      {problems.length > 0 && <Note>{problems.join("; ")}</Note>}
      <Heads runs={runs} />
      <Panel title="Settings that differ">
        <DifferingSettings {...message} />
      </Panel>
      <Panel title="Metrics that differ">
        <DifferingMetrics {...message} runs={ids} />
      </Panel>
      <Panel title="Curves">
        <CurvesOfRuns runs={ids} isFixed />
      </Panel>
      <Panel title="Samples that differ">
        <DifferingSamples {...message} runs={ids} />
      </Panel>
    </div>
  );
}

function Heads({ runs }: Pick<CompareMessage, "runs">) {
  const now = useNow(10_000);
  const ids = runs.map(({ run }) => run);
  return (
    <ol class="plain compared-runs">
      {runs.map(({ run, pipeline, status, startedAtMs, endedAtMs }, i) => (
        <li key={run} class="panel">
          <div class="panel-heading">
            <Swatch index={i} />
            <h2>
              <a href={runAddress(run)}>{run}</a>
            </h2>
            <span class="grow" />
            {runs.length > 2 && (
              <button
                type="button"
                class="quiet"
                aria-label={`leave ${run} out`}
                onClick={() => navigate(compareAddress(ids.filter((one) => one !== run)))}
              >
                ×
              </button>
            )}
          </div>
          <p>
            <Status mark={markOfRun(status)} /> <span class="muted">{pipeline}</span>
          </p>
          <p class="muted">
            started <Ago ms={startedAtMs} nowMs={now} /> · {spoken((endedAtMs ?? now) - startedAtMs)}
            {i === 0 && " · the others are compared with it"}
          </p>
        </li>
      ))}
    </ol>
  );
}

const Panel = ({ title, children }: { title: string; children: ComponentChildren }) => (
  <section class="panel">
    <h2>{title}</h2>
    {children}
  </section>
);
