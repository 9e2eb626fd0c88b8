import { Sign } from "../components/sign.js";
import type { ArtifactNode } from "../run/artifact-tree.js";
import type { RunModel, StageInRun } from "../run/model.js";
import type { FinalModel } from "../run/sources.js";
import { shortNumber } from "../values.js";
import { Table, type Cell } from "../components/table.js";

/** Characters of the definition that are shown. */
const maxDefinitionLength = 200_000;

/**
 * What ran: definition, inputs, versions, machines; what the model was made from; and the
 * artifacts.
 */
export function Provenance({ model }: { model: RunModel }) {
  const { plan, definition, stages, lineage, runId } = model;
  const facts: Cell[][] = [
    ["pipeline", plan.name],
    ...(plan.file === undefined ? [] : [["file", plan.file]]),
    ["SHA-256 of the definition", <code>{plan.definitionDigest}</code>],
    ["seed", String(plan.seed)],
    ...Object.entries(plan.inputs).map(([name, value]) => [`input ${name}`, JSON.stringify(value)]),
    ...countVersions(stages),
  ];
  const left = (definition?.length ?? 0) - maxDefinitionLength;
  return (
    <>
      <Table label="What ran" columns={["what", "value"]} rows={facts} />
      {definition === undefined ? (
        <p>The store does not have the definition.</p>
      ) : (
        <details>
          <summary>Definition (YAML)</summary>
          <pre>{definition.slice(0, maxDefinitionLength) + (left > 0 ? `\n… ${left} more characters` : "")}</pre>
        </details>
      )}
      {model.model && <TrainingData {...model.model} />}
      {lineage && (
        <details>
          <summary>
            Lineage of {lineage.ref.artifact} {lineage.ref.digest.slice(0, 12)}
          </summary>
          <ul class="tree">
            <Node {...lineage} />
          </ul>
        </details>
      )}
      <details>
        <summary>Artifacts</summary>
        <Artifacts stages={stages} />
        <p class="muted">
          What is inside one: <code>pawl inspect {runId}/STAGE/OUTPUT</code>
        </p>
      </details>
    </>
  );
}

/** Versions and machines that results were made with, each with the number of stages. */
export function countVersions(stages: readonly StageInRun[]): [string, string][] {
  const counts = new Map<string, Map<string, number>>();
  const add = (what: string, value: string): void => {
    const values = counts.get(what) ?? new Map<string, number>();
    values.set(value, (values.get(value) ?? 0) + 1);
    counts.set(what, values);
  };
  for (const { result } of stages) {
    if (result === undefined) continue;
    const { machine, hardware } = result.lineage;
    add("machine", machine);
    if (hardware) add("processor", hardware.processor);
    if (hardware?.gpu !== undefined) add("GPU", hardware.gpu);
    if (result.compute !== null) add("computed with", result.compute);
    for (const [name, version] of Object.entries(result.libraries ?? {})) add("libraries", `${name} ${version}`);
    add("versions of stage types", `${result.uses} ${result.version}`);
  }
  return [...counts].map(([what, values]) => [
    what,
    [...values].map(([value, count]) => (values.size === 1 ? value : `${value} (${stagesText(count)})`)).join("; "),
  ]);
}

const stagesText = (count: number): string => `${count} ${count === 1 ? "stage" : "stages"}`;

const TrainingData = ({ trainingData, unknown }: FinalModel) => (
  <>
    <h3>What the model has learned from</h3>
    {trainingData.length > 0 && (
      <Table
        label="Data sets that the model was trained on"
        columns={["data set", "source", "license", "commit", "rows", "bytes"]}
        numeric={[4]}
        rows={trainingData.map(({ digest, source, license, commit, rows, bytes }) => [
          <code>{digest.slice(0, 12)}</code>,
          ...[source, license ?? "not declared", commit?.slice(0, 12), shortNumber(rows), shortNumber(bytes)],
        ])}
      />
    )}
    {unknown.length > 0 && (
      <>
        <p class="is-warn">
          <Sign shape="triangle" /> Not all is known:
        </p>
        <ul>
          {unknown.map((reason) => (
            <li>{reason}</li>
          ))}
        </ul>
      </>
    )}
  </>
);

const Node = ({ ref, by, next, repeated }: ArtifactNode) => (
  <li>
    {by?.output ?? ref.artifact} <code>{ref.digest.slice(0, 12)}</code>{" "}
    {by === undefined ? "not recorded by this run" : `${by.stage} (${by.uses}) of ${by.run}`}
    {repeated && ", as above"}
    {next.length > 0 && (
      <ul class="tree">
        {next.map((node) => (
          <Node {...node} />
        ))}
      </ul>
    )}
  </li>
);

const Artifacts = ({ stages }: { stages: readonly StageInRun[] }) => (
  <Table
    label="Artifacts of the run"
    columns={["output", "kind", "SHA-256 of its manifest"]}
    rows={stages.flatMap(({ state }) =>
      Object.entries(state.outputs).map(([output, { artifact, digest }]) => [
        ...[`${state.id}/${output}`, artifact],
        <code>{digest}</code>,
      ]),
    )}
  />
);
