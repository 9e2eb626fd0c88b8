import { needleHeatMap } from "../../formats/evaluation.js";
import { Sign } from "../components/sign.js";
import { FeatureChart } from "../graph-page/charts.js";
import type { Contamination, EvaluatedStage } from "../run/evaluations.js";
import type { FeatureTable } from "../run/feature-tables.js";
import { readMeasurements, type Measurement } from "../run/measurements.js";
import type { StageInRun } from "../run/model.js";
import { measurementLine } from "../run/measurement-text.js";
import { Table } from "../components/table.js";

/** Measurements of an evaluation without intervals in its row; all are below. */
const maxInRow = 2;

/** The evaluations as a table, with all measurements of each below it, and heat maps of needles. */
export function Evaluation({ evaluations }: { evaluations: readonly EvaluatedStage[] }) {
  const rows = evaluations.map(({ stage, measurements, count, decidedBy, contamination }) => [
    stage,
    <>
      {firstMeasurements(measurements).map((measurement, i) => (
        <>
          {i > 0 && <br />}
          {measurement.name} <b>{measurementLine(measurement)}</b>
        </>
      ))}
    </>,
    [count, decidedBy && `decided by ${decidedBy}`].filter(Boolean).join("; ") || "–",
    contamination === undefined ? "not measured" : <Contaminated {...contamination} />,
  ]);
  return (
    <>
      <Table
        label="What each evaluation measured"
        columns={["stage", "result (95 % interval)", "measured on", "in the training data"]}
        rows={rows}
      />
      <AllMeasurements evaluations={evaluations} />
      {evaluations.map(({ stage, needle }) => needle && <Needles stage={stage} needle={needle} />)}
    </>
  );
}

const isBounded = ({ low, error }: Measurement): boolean => low !== undefined || error !== undefined;

/** Those with an interval; of others, the first ones. */
function firstMeasurements(measurements: readonly Measurement[]): readonly Measurement[] {
  const bounded = measurements.filter(isBounded);
  return bounded.length > 0 ? bounded : measurements.slice(0, maxInRow);
}

function Contaminated({ rows, grams, remarks }: Contamination) {
  const share = (value: number): string => `${(100 * value).toFixed(2)} %`;
  return (
    <>
      {rows === undefined || grams === undefined ? "unknown" : `${share(rows)} of rows, ${share(grams)} of 13-grams`}
      {remarks.map((remark) => (
        <>
          <br />
          <span class="is-warn">
            <Sign shape="triangle" /> {remark}
          </span>
        </>
      ))}
    </>
  );
}

function AllMeasurements({ evaluations }: { evaluations: readonly EvaluatedStage[] }) {
  const rows = evaluations.flatMap(({ stage, measurements }) =>
    measurements.map((measurement) => [
      `${stage} ${measurement.name}`,
      measurementLine(measurement),
      measurement.description,
    ]),
  );
  return (
    <details>
      <summary>All {rows.length} metrics</summary>
      <Table
        label="All metrics of the evaluations"
        columns={["metric", "value", "meaning"]}
        numeric={[1, 2]}
        rows={rows}
      />
    </details>
  );
}

function Needles({ stage, needle }: { stage: string; needle: NonNullable<EvaluatedStage["needle"]> }) {
  const label = `Share of needles found by ${stage}, by length of the text and place of the needle`;
  return (
    <>
      <h3>Needles of {stage}</h3>
      <div class="paper" role="img" aria-label={label} dangerouslySetInnerHTML={{ __html: needleHeatMap(needle) }} />
      <Table
        label={`Needles found by ${stage}, all places together`}
        columns={["tokens", "found", "by guessing"]}
        numeric={[1]}
        rows={needle.byLength.map(({ found, low, high, guess }, i) => [
          needle.lengths[i]!.toLocaleString("en-US"),
          measurementLine({ name: "", value: found, low, high, unit: "share" }),
          measurementLine({ name: "", value: guess, unit: "share" }),
        ])}
      />
    </>
  );
}

const hasChoices = ({ state }: StageInRun): boolean => state.outputs["choices"] !== undefined;
const hasRewardModel = ({ state }: StageInRun): boolean =>
  Object.values(state.outputs).some(({ artifact }) => artifact === "reward-model");

/** Whether some stage has choices of people or judges, or a reward model. */
export const hasPreferences = (stages: readonly StageInRun[]): boolean =>
  stages.some((stage) => hasChoices(stage) || hasRewardModel(stage));

/** What people or judges chose, and how a reward model agrees with them. */
export const Preferences = ({ stages }: { stages: readonly StageInRun[] }) => (
  <>
    <p class="muted">Without a bias for the first place, about half of the preferred responses were shown first.</p>
    <MetricsTable label="Pairs of responses, and the choices between them" stages={stages.filter(hasChoices)} />
    <MetricsTable
      label="Agreement of reward models with held-out choices, and of trivial rules"
      stages={stages.filter(hasRewardModel)}
    />
  </>
);

/** Stages as rows, their metrics as columns. */
function MetricsTable({ label, stages }: { label: string; stages: readonly StageInRun[] }) {
  if (stages.length === 0) return null;
  const rows = stages.map(({ state }) => ({ id: state.id, measurements: readMeasurements(state) }));
  const measured = rows.flatMap(({ measurements }) => measurements.filter((one) => !isNone(one)));
  const names = [...new Set(measured.map(({ name }) => name))];
  const cells = rows.map(({ id, measurements }) => [
    id,
    ...names.map((name) => {
      const measurement = measurements.find((one) => one.name === name);
      return measurement === undefined ? "–" : measurementLine(measurement);
    }),
  ]);
  return <Table label={label} columns={["stage", ...names]} numeric={[1]} rows={cells} />;
}

/**
 * None of what a stage leaves out; the column says nothing if no stage has any. A share or a kappa
 * of 0 does say something.
 */
const isNone = ({ value, unit }: Measurement): boolean => value === 0 && (unit === "preferences" || unit === "prompts");

/** Features of graphs, with their distributions. */
export const Features = ({ tables }: { tables: readonly FeatureTable[] }) => (
  <>
    {tables.map((table) => (
      <FeatureGroup {...table} />
    ))}
  </>
);

function FeatureGroup({ stage, description, rows, features, shown: first, rowsRead }: FeatureTable) {
  const limits = [
    ...(first.length < features ? [`the first ${first.length} features`] : []),
    ...(rowsRead < rows ? [`the first ${rowsRead.toLocaleString("en-US")} rows`] : []),
  ];
  return (
    <>
      <h3>{stage}</h3>
      <p>
        {description}: {rows.toLocaleString("en-US")} rows, {features} features
        {limits.length > 0 && `; shown: ${limits.join(", ")}`}
      </p>
      <div class="charts">
        {first.map((feature) => (
          <FeatureChart {...feature} />
        ))}
      </div>
    </>
  );
}
