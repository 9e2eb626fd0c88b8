import { writeFileSync } from "node:fs";
import path from "node:path";
import type { ArtifactRef } from "../../schemas/artifact.js";
import type { RunStatus, StageState } from "../../schemas/run.js";
import { putArtifact } from "../../store/artifacts/artifacts.js";
import { recordResult, stageKey } from "../../store/records/results.js";
import { saveRecord } from "../../store/records/runs.js";
import type { ResultRecord, RunRecord } from "../../store/records/record-types.js";

/** When everything in a made store happened. */
export const longAgo = "2026-01-01T00:00:00.000Z";

/** An artifact with one file. */
export const putText = (home: string, text: string): Promise<ArtifactRef<"model">> =>
  putArtifact(home, "model", (directory) => writeFileSync(path.join(directory, "text"), text));

/** A result that made an artifact of others. */
export async function makeResult(
  home: string,
  text: string,
  inputs: readonly ArtifactRef[] = [],
  runId = "removed",
): Promise<ResultRecord> {
  const identity = { uses: "select", version: 1, with: { from: inputs as never, text }, seed: 1 } as const;
  const result = {
    ...identity,
    compute: null,
    source: null,
    outputs: { model: await putText(home, text) },
    metrics: {},
  };
  const lineage = { runId, stage: text, startedAt: longAgo, endedAt: longAgo, machine: "m" };
  const made: ResultRecord = { ...result, key: stageKey(result), lineage };
  await recordResult(home, made);
  return made;
}

/** The state of a stage that has a result, or none. */
export const toState = ({ key, outputs = {}, lineage }: Partial<ResultRecord> = {}): StageState => ({
  ...{ id: lineage?.stage ?? "s", uses: "select", status: "succeeded", attempts: 1, metrics: {} },
  ...{ outputs, ...(key !== undefined && { key }) },
});

/** The record of a run. */
export async function makeRun(
  home: string,
  runId: string,
  status: RunStatus,
  stages: StageState[] = [],
  more: Partial<RunRecord> = {},
): Promise<void> {
  const over = ["succeeded", "failed", "cancelled"].includes(status);
  const startedAt = more.startedAt ?? longAgo;
  const record = { runId, pipeline: "p", status, stages, outputs: {}, startedAt, ...more };
  await saveRecord(home, { ...record, ...(over && { endedAt: startedAt }) });
}
