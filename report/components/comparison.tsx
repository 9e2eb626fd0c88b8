import type { Comparison } from "../run/comparison.js";
import { SampleText } from "./samples.js";
import { Table, type Cell, type Column } from "./table.js";

/** The sign of a run: its color in all charts. */
export const Swatch = ({ index }: { index: number }) => <span class={`swatch line-${index}`} aria-hidden="true"></span>;

const Named = ({ run, index }: { run: string; index: number }) => (
  <>
    <Swatch index={index} /> {run}
  </>
);

const comparisonColumns = (runs: readonly string[]): Column[] =>
  runs.map((title, index) => ({ title, head: <Named run={title} index={index} /> }));

/** What differs in settings, inputs and versions, for each run beside the first. */
export function DifferingSettings({ differences }: Pick<Comparison, "differences">) {
  const rows = differences.flatMap(({ runs: [, run], changes, stages }, i): Cell[][] => {
    const all = [
      ...changes.map((change) => ["the run", change]),
      ...stages.flatMap(({ stage, changes: own, status: [was, is] }) => [
        ...own.map((change) => [stage, change]),
        ...(was === is ? [] : [[stage, `status is now ${is ?? "absent"}, was ${was ?? "absent"}`]]),
      ]),
    ];
    return differences.length === 1
      ? all
      : all.map(([stage, change]) => [stage, <Named run={run} index={i + 1} />, change]);
  });
  const columns = ["stage", ...(differences.length > 1 ? ["run"] : []), "change"];
  return (
    <Differing
      none="settings, inputs and versions are the same"
      label="Settings, inputs and versions that differ"
      {...{ columns, rows }}
    />
  );
}

interface OfRuns extends Pick<Comparison, "metrics" | "samples"> {
  /** Ids. */
  runs: readonly string[];
}

export const DifferingMetrics = ({ runs, metrics }: Omit<OfRuns, "samples">) => (
  <Differing
    none="all metrics are the same"
    label="Metrics that differ, with 95 % intervals"
    columns={["stage", "metric", ...comparisonColumns(runs)]}
    numeric={[2]}
    rows={metrics.map(({ stage, name, description, texts, differences }) => [
      stage,
      <span title={description}>{name}</span>,
      ...texts.map((text, i) => (
        <>
          {text ?? "–"}
          {differences[i] && <div class="muted">{differences[i]}</div>}
        </>
      )),
    ])}
  />
);

export const DifferingSamples = ({ runs, samples }: Omit<OfRuns, "metrics">) => (
  <Differing
    none="no prompt of both has different responses"
    label="What the runs wrote for the same prompt"
    class="samples"
    columns={["prompt", ...comparisonColumns(runs)]}
    rows={samples.map(({ stage, prompt, texts }) => [
      <div class="text">
        <span class="muted">{stage}</span> {prompt}
      </div>,
      ...texts.map((text) => (text === null ? <i class="muted">no response</i> : <SampleText text={text} />)),
    ])}
  />
);

/** A table, or that there is nothing in it. @param none what that means */
const Differing = ({ none, ...table }: Parameters<typeof Table>[0] & { none: string }) =>
  table.rows.length === 0 ? <p class="muted">None: {none}.</p> : <Table {...table} />;
