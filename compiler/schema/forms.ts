import type { TObject } from "@sinclair/typebox";
import { artifactKinds, type ArtifactKind } from "../../schemas/artifact.js";
import { isObject, type Json, type JsonObject } from "../../platform/json.js";
import { pipelineDefinition } from "../../schemas/pipeline.js";
import { runRequest } from "../../schemas/run-request.js";
import { runsPipeline, stageDefinitions, stageTypes, type StageType } from "../../schemas/stages/index.js";
import { plain, type Schema } from "./schema.js";

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

/**
 * The stage types that a definition names; the others stand for the project's own stages and for
 * pipelines, which are named by files.
 */
export const namedTypes = stageTypes.filter(
  (uses) => stageDefinitions[uses].ownSettings === undefined && !runsPipeline(uses),
);

/** Whether a word names a stage type. */
export const isStageType = (uses: unknown): uses is StageType =>
  typeof uses === "string" && Object.hasOwn(stageDefinitions, uses);

/** What the stage declares in its settings, by output name, as written. */
export function declaredOutputs(uses: StageType, settings: Json | undefined): JsonObject {
  const declared = declaredAt(settings, stageDefinitions[uses].declaredIn?.outputs);
  return isObject(declared) ? declared : {};
}

/**
 * Kind of artifact by output name: the outputs of the stage type, and those that the stage declares
 * in its settings; undefined if it declares no kind.
 * @param settings as written
 */
export function outputKinds(
  uses: StageType,
  settings: Json | undefined,
): Readonly<Record<string, ArtifactKind | undefined>> {
  const { properties }: TObject = stageDefinitions[uses].outputs;
  const own = Object.entries(properties).map(([name, body]) => [name, body["x-artifact"] as ArtifactKind]);
  const declared = Object.entries(declaredOutputs(uses, settings)).map(([name, body]) => {
    const kind = isObject(body) ? body["kind"] : body;
    return [name, artifactKinds.find((known) => known === kind)];
  });
  return Object.fromEntries([...own, ...declared]) as Record<string, ArtifactKind | undefined>;
}

/**
 * Names of the metrics of the stage type, and those that the stage declares in its settings, as
 * written.
 */
export function metricNames(uses: StageType, settings: Json | undefined): string[] {
  const { metrics, declaredIn } = stageDefinitions[uses];
  const declared = Object.values(declaredAt(settings, declaredIn?.metrics) ?? []);
  return [...Object.keys(metrics), ...declared.filter((name) => typeof name === "string")];
}

/** Names of what a person fills in, as the stage declares them in its settings. */
export function answerNames(uses: StageType, settings: Json | undefined): string[] {
  return Object.keys(declaredAt(settings, stageDefinitions[uses].declaredIn?.answers) ?? {});
}

/** What a setting declares: a mapping or a list; undefined if it is neither. */
function declaredAt(settings: Json | undefined, field: string | undefined): JsonObject | Json[] | undefined {
  const declared = isObject(settings) && field !== undefined ? settings[field] : undefined;
  return isObject(declared) || Array.isArray(declared) ? declared : undefined;
}
