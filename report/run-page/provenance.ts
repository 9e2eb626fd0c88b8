import { markup, htmlTable, type Html } from "../html.js";
import type { ArtifactNode } from "../run/artifact-tree.js";
import type { RunModel, StageInRun } from "../run/model.js";
import type { DataSource } from "../run/sources.js";
import { shortNumber } from "../values.js";
import { signHtml } from "./marks.js";

/** Characters of the definition that are shown. */
const longestDefinition = 200_000;

/** What ran: definition, inputs, versions, machines; what the model was made from; and the artifacts. */
export function provenanceSection(model: RunModel): Html {
  const { plan, definition, stages, lineage, runId } = model;
  const facts: [string, string | Html][] = [
    ["pipeline", plan.name],
    ...(plan.file === undefined ? [] : [["file", plan.file] as [string, string]]),
    ["SHA-256 of the definition", markup`<code>${plan.definitionDigest}</code>`],
    ["seed", String(plan.seed)],
    ...Object.entries(plan.inputs).map(([name, value]): [string, string] => [`input ${name}`, JSON.stringify(value)]),
    ...versionsOf(stages),
  ];
  const text = definition?.slice(0, longestDefinition);
  const left = (definition?.length ?? 0) - longestDefinition;
  return markup`<h2 id="provenance">Provenance</h2>
    ${htmlTable("What ran", [{ title: "what" }, { title: "value" }], facts)}
    ${
      text === undefined
        ? markup`<p>The store does not have the definition.</p>`
        : markup`<details>
            <summary>Definition (YAML)</summary>
            <pre>${text}${left > 0 ? `\n… ${left} more characters` : ""}</pre>
          </details>`
    }
    ${model.model && dataTable(model.model.trainingData, model.model.unknown)}
    ${
      lineage &&
      markup`<details>
        <summary>Lineage of ${lineage.ref.artifact} ${lineage.ref.digest.slice(0, 12)}</summary>
        <ul class="tree">
          ${node(lineage)}
        </ul>
      </details>`
    }
    <details>
      <summary>Artifacts</summary>
      ${artifactTable(stages, runId)}
    </details>`;
}

/** Versions and machines that results were made with, each with the number of stages. */
export function versionsOf(stages: readonly StageInRun[]): [string, string][] {
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

function dataTable(sources: readonly DataSource[], unknown: readonly string[]): Html {
  const columns = [
    ...["data set", "source", "license", "commit"].map((title) => ({ title })),
    ...["rows", "bytes"].map((title) => ({ title, numeric: true })),
  ];
  const rows = sources.map(({ digest, source, license, commit, rows: count, bytes }) => [
    markup`<code>${digest.slice(0, 12)}</code>`,
    source,
    license ?? "not declared",
    commit?.slice(0, 12) ?? "",
    shortNumber(count),
    shortNumber(bytes),
  ]);
  const missing = unknown.map((reason) => markup`<li>${reason}</li>`);
  return markup`<h3>What the model has learned from</h3>
    ${rows.length > 0 ? htmlTable("Data sets that the model was trained on", columns, rows) : undefined}
    ${
      missing.length > 0
        ? markup`<p class="is-warn">${signHtml("triangle")} Not all is known:</p>
            <ul>
              ${missing}
            </ul>`
        : undefined
    }`;
}

function node({ ref, by, next, repeated }: ArtifactNode): Html {
  const maker = by === undefined ? "not recorded by this run" : `${by.stage} (${by.uses}) of ${by.run}`;
  const name = markup`${by?.output ?? ref.artifact}
    <code>${ref.digest.slice(0, 12)}</code> ${maker}${repeated ? ", as above" : ""}`;
  return markup`<li>
    ${name}${
      next.length > 0
        ? markup`<ul class="tree">
            ${next.map(node)}
          </ul>`
        : ""
    }
  </li>`;
}

function artifactTable(stages: readonly StageInRun[], runId: string): Html {
  const rows = stages.flatMap(({ state }) =>
    Object.entries(state.outputs).map(([output, { artifact, digest }]) => [
      `${state.id}/${output}`,
      artifact,
      markup`<code>${digest}</code>`,
    ]),
  );
  const columns = ["output", "kind", "SHA-256 of its manifest"].map((title) => ({ title }));
  return markup`${htmlTable("Artifacts of the run", columns, rows)}
    <p class="muted">What is inside one: <code>pawl inspect ${runId}/STAGE/OUTPUT</code></p>`;
}
