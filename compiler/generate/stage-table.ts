import { stageSchemas } from "../../schemas/stages/index.js";
import { definitionForm, plain, stageTypes, withForm } from "./forms.js";

/** Source of the table of stage types as plain data: what the compiler asks of the schemas without loading TypeBox. */
export function stageTableSource(): string {
  const table = Object.fromEntries(
    stageTypes.map((uses) => {
      const { summary, version, usesTensors, outputs, metrics } = stageSchemas[uses];
      const kinds = Object.entries(plain(outputs).properties ?? {}).map(([name, body]) => [name, body["x-artifact"]]);
      const entry = { summary, version, usesTensors, outputs: Object.fromEntries(kinds) as unknown, metrics };
      return [uses, { ...entry, with: withForm(uses) }];
    }),
  );
  return [
    "// Written by `npm run generate`; do not edit.",
    'import type { ArtifactKind } from "../../schemas/artifact.js";',
    'import type { StageType } from "../../schemas/stages/index.js";',
    'import type { Schema } from "../schema.js";',
    "",
    "/** What the language knows of a stage type, as plain data. */",
    "export interface StageEntry {",
    "  summary: string;",
    "  version: number;",
    "  usesTensors: boolean;",
    "  /** Artifact kind by output name. */",
    "  outputs: Readonly<Record<string, ArtifactKind>>;",
    "  /** Description by metric name. */",
    "  metrics: Readonly<Record<string, string>>;",
    "  with: Schema;",
    "}",
    "",
    `export const stageTable: Readonly<Record<StageType, StageEntry>> = ${JSON.stringify(table, null, 1)};`,
    "",
    `export const definitionSchema: Schema = ${JSON.stringify(definitionForm(), null, 1)};`,
    "",
  ].join("\n");
}
