import { isObject, type Json, type JsonObject } from "../platform/json.js";

/**
 * Every kind of artifact that a stage can write to the store. Each is a directory of files with a
 * manifest.
 */
export const artifactKinds = [
  "dataset",
  "tokenizer",
  "tokens",
  "model",
  "reward-model",
  "evaluation",
  "samples",
  "pairs",
  "choices",
  "table",
  "files",
] as const;
export type ArtifactKind = (typeof artifactKinds)[number];

/**
 * What users' own code can write: `files` are any files; datasets and models are checked, and have
 * the form that Pawl's stages write.
 */
export const writtenKinds = ["files", "dataset", "model"] as const satisfies readonly ArtifactKind[];
export type WrittenKind = (typeof writtenKinds)[number];

/**
 * Pointer to a finished artifact: small enough for workflow history; the content is in the store.
 */
export interface ArtifactRef<K extends ArtifactKind = ArtifactKind> {
  artifact: K;
  /** SHA-256 (hex) of the artifact's manifest, which holds the SHA-256 of every file. */
  digest: string;
}

/** Every artifact that settings name, in their order. */
export function artifactsIn(value: Json | undefined): ArtifactRef[] {
  if (Array.isArray(value)) return value.flatMap(artifactsIn);
  if (!isObject(value)) return [];
  return "artifact" in value ? [value as unknown as ArtifactRef] : Object.values(value).flatMap(artifactsIn);
}

/** The artifacts among the outputs of a stage, and in the lists that a child passes on. */
export function producedArtifacts({ outputs, values }: Produced): ArtifactRef[] {
  const listed = artifactsIn(values).filter(({ digest }) => /^[0-9a-f]{64}$/.test(digest));
  return [...Object.values(outputs), ...listed];
}

interface Produced {
  outputs: Readonly<Record<string, ArtifactRef>>;
  values?: JsonObject;
}
