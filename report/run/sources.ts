import { readDatasetFacts } from "../../formats/dataset.js";
import { readModelConfig } from "../../formats/model.js";
import type { ArtifactRef } from "../../schemas/artifact.js";
import type { JsonObject, Json } from "../../platform/json.js";
import type { StageState } from "../../schemas/run.js";
import { openArtifactFile } from "../../store/artifacts/artifacts.js";
import { findTrainingData } from "../../store/changes/training-data.js";

/** A data set, and where its rows came from. */
export interface DataSource {
  digest: string;
  source: string;
  license?: string;
  commit?: string;
  rows: number;
  bytes: number;
}

/** The model that a run leaves. */
export interface FinalModel {
  stage: string;
  digest: string;
  /** Its `config.json`; absent if that cannot be read. */
  config?: JsonObject;
  /** Parameters, if a stage of the run counted them. */
  parameters?: number;
  /** What it has learned from. */
  trainingData: DataSource[];
  /** Why that is not known completely. */
  unknown: string[];
}

/** The model of a run: the one among its outputs, else that of the last stage that has left one. */
export function findFinalModel(
  outputs: Readonly<Record<string, Json>>,
  stages: readonly StageState[],
): { stage: string; ref: ArtifactRef<"model"> } | undefined {
  const models = stages.flatMap(({ id, outputs: { model } }) =>
    model?.artifact === "model" ? [{ stage: id, ref: model as ArtifactRef<"model"> }] : [],
  );
  const digests = Object.values(outputs).map((value) => (value as { digest?: Json } | null)?.digest);
  return models.findLast(({ ref }) => digests.includes(ref.digest)) ?? models.at(-1);
}

/** @param problem called with what cannot be read */
export async function readFinalModel(
  home: string,
  found: { stage: string; ref: ArtifactRef<"model"> },
  stages: readonly StageState[],
  problem: (error: unknown) => void,
): Promise<FinalModel> {
  const { stage, ref } = found;
  const config = await openModelConfig(home, ref).catch(problem);
  const { datasets, unknown } = await findTrainingData(home, ref);
  const sources: DataSource[] = [];
  for (const dataset of datasets) {
    const source = await readSource(home, dataset).catch(problem);
    if (source) sources.push(source);
  }
  const parameters = stages.findLast(({ metrics }) => metrics["parameters"] !== undefined)?.metrics["parameters"];
  return {
    ...{ stage, digest: ref.digest, trainingData: sources, unknown },
    ...(config && { config }),
    ...(parameters !== undefined && { parameters }),
  };
}

const openModelConfig = async (home: string, ref: ArtifactRef): Promise<JsonObject> =>
  readModelConfig(await openArtifactFile(home, ref, "config.json"));

async function readSource(home: string, ref: ArtifactRef): Promise<DataSource> {
  const facts = await readDatasetFacts(await openArtifactFile(home, ref, "dataset.json"));
  const { source, license, commit, rows, bytes } = facts;
  return { digest: ref.digest, source, rows, bytes, ...(license && { license }), ...(commit && { commit }) };
}
