import type { TObject } from "@sinclair/typebox";
import type { ArtifactKind } from "../schemas/artifact.js";
import { pipelineDefinition } from "../schemas/pipeline.js";
import { runRequest } from "../schemas/run-request.js";
import { stageDefinitions, type StageType } from "../schemas/stages/index.js";
import type { Schema } from "./schema.js";

/** A TypeBox schema as plain JSON, without TypeBox's symbols. */
export const plain = (schema: object) => JSON.parse(JSON.stringify(schema)) as Schema;

/** A value that is computed when it is first needed. */
function lazy<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** The definition, except the contents of each `with`. */
export const definitionForm = lazy(() => plain(pipelineDefinition));

/** The request that starts a workflow. */
export const requestForm = lazy(() => plain(runRequest));

const forms = new Map<StageType, Schema>();

/** A stage type's `with`, with all defaults filled in. */
export function withForm(uses: StageType): Schema {
  const known = forms.get(uses) ?? plain(stageDefinitions[uses].with);
  forms.set(uses, known);
  return known;
}

/** Whether a word names a stage type. */
export const isStageType = (uses: unknown): uses is StageType =>
  typeof uses === "string" && Object.hasOwn(stageDefinitions, uses);

/** Kind of artifact by output name. */
export function outputKinds(uses: StageType): Readonly<Record<string, ArtifactKind>> {
  const { properties }: TObject = stageDefinitions[uses].outputs;
  return Object.fromEntries(
    Object.entries(properties).map(([name, body]) => [name, body["x-artifact"] as ArtifactKind]),
  );
}
