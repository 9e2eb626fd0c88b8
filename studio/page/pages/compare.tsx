import type { ComponentChildren } from "preact";
import { Status } from "../../../report/components/sign.js";
import { markOfRun } from "../../../report/marks.js";
import type { CompareMessage } from "../../definition-messages.js";
import type { Board } from "../board.js";
import { compareAddress, runAddress } from "../address.js";
import { Ago, Empty, FailureNotice, Loading, Note, useNow } from "../components/basics.js";
import { Select } from "../components/fields.js";
import { maxRuns } from "../curves/chart.js";
import { CurvesOfRuns } from "../curves/curves-of-runs.js";
import { WideTable } from "../components/wide-table.js";
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
      <Settings message={message} />
      <Metrics message={message} />
      <section class="panel">
        <h2>Curves</h2>
        <CurvesOfRuns runs={ids} isFixed />
      </section>
      <Samples message={message} />
    </div>
  );
}

/** The sign of a run: its color in all charts. */
const Swatch = ({ index }: { index: number }) => <span class={`swatch line-${index}`} aria-hidden="true" />;

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

/** What differs in settings, inputs and versions, for each run beside the first. */
function Settings({ message: { differences } }: { message: CompareMessage }) {
  const rows = differences.flatMap(({ runs, changes, stages }, i) => [
    ...changes.map((change) => ({ run: runs[1], index: i + 1, stage: "the run", change })),
    ...stages.flatMap(({ stage, changes: own, status: [was, is] }) =>
      [...own, ...(was === is ? [] : [`status is now ${is ?? "absent"}, was ${was ?? "absent"}`])].map((change) => ({
        ...{ run: runs[1], index: i + 1, stage, change },
      })),
    ),
  ]);
  const hasRuns = differences.length > 1;
  return (
    <Differing
      what="Settings"
      none="settings, inputs and versions are the same."
      head={[...(hasRuns ? ["Run"] : []), "Stage", "Change"]}
      rows={rows.map(({ run, index, stage, change }, i) => (
        <tr key={i}>
          {hasRuns && (
            <td>
              <Swatch index={index} /> {run}
            </td>
          )}
          <th scope="row">{stage}</th>
          <td class="text">{change}</td>
        </tr>
      ))}
    />
  );
}

const Metrics = ({ message: { runs, metrics } }: { message: CompareMessage }) => (
  <Differing
    what="Metrics"
    none="all metrics are the same."
    class="compared-metrics"
    head={["Stage", "Metric", ...headsOf(runs)]}
    rows={metrics.map(({ stage, name, description, texts, differences }) => (
      <tr key={`${stage} ${name}`} title={description}>
        <td>{stage}</td>
        <th scope="row">{name}</th>
        {texts.map((text, i) => (
          <td key={i}>
            {text ?? "–"}
            {differences[i] && <div class="muted">{differences[i]}</div>}
          </td>
        ))}
      </tr>
    ))}
  />
);

const Samples = ({ message: { runs, samples } }: { message: CompareMessage }) => (
  <Differing
    what="Samples"
    none="no prompt of both has different responses."
    class="samples"
    head={["prompt", ...headsOf(runs)]}
    rows={samples.map(({ stage, prompt, texts }) => (
      <tr key={`${stage} ${prompt}`}>
        <th scope="row" class="text">
          <span class="muted">{stage}</span> {prompt}
        </th>
        {texts.map((text, i) => (
          <td key={i} data-title={runs[i]!.run} class="text">
            {text?.trim() ?? <i class="muted">no response</i>}
          </td>
        ))}
      </tr>
    ))}
  />
);

const headsOf = (runs: CompareMessage["runs"]): ComponentChildren[] =>
  runs.map(({ run }, i) => (
    <>
      <Swatch index={i} /> {run}
    </>
  ));

interface DifferingProps {
  /** The things that are compared. */
  what: string;
  /** What it means that there are no rows. */
  none: string;
  head: readonly ComponentChildren[];
  rows: readonly ComponentChildren[];
  class?: string;
}

function Differing({ what, none, rows, ...table }: DifferingProps) {
  const title = `${what} that differ`;
  return (
    <section class="panel">
      <h2>{title}</h2>
      {rows.length === 0 ? (
        <p class="muted">None: {none}</p>
      ) : (
        <WideTable label={title} {...table}>
          {rows}
        </WideTable>
      )}
    </section>
  );
}
