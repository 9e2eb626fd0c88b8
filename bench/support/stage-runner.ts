import path from "node:path";
import { Value } from "@sinclair/typebox/value";
import { stages } from "../../activities/index.js";
import { withLoopHelpers } from "../../activities/checkpointed-loop.js";
import type { Stage, StageContext } from "../../activities/stage.js";
import { stageDefinitions, type StageType, type StageWith, type GivenWith } from "../../schemas/stages/index.js";
import { openArtifact, putArtifact } from "../../store/artifacts/artifacts.js";

/**
 * Runs stages one after another on a store in a directory, without a server and without retries.
 * @param parts of the context that replace the empty ones: checkpoints, progress
 */
export function stageRunner(directory: string, parts: Partial<Pick<StageContext, "checkpoints" | "progress">> = {}) {
  const home = path.join(directory, ".pawl");
  const context = withLoopHelpers({
    runId: "bench",
    stage: "bench",
    key: "bench",
    seed: 1,
    attempt: 1,
    secrets: [],
    workingDirectory: directory,
    home,
    confirmLease: async () => {},
    recordMetrics: () => {},
    signal: new AbortController().signal,
    graceMs: () => 0,
    checkpoints: { save: async () => {}, latest: async () => undefined, clear: async () => {} },
    checkpointEveryMs: Infinity,
    checkpointsToKeep: 1,
    progress: () => {},
    log: () => {},
    putArtifact: (kind, write) => putArtifact(home, kind, write),
    openArtifact: (ref) => openArtifact(home, ref),
    ...parts,
  } satisfies Omit<StageContext, "yield" | "checkpointEvery">);
  return async <T extends StageType>(type: T, settings: GivenWith<T>) => {
    const stage = (await stages[type]()) as unknown as Stage<T>;
    return stage(Value.Default(stageDefinitions[type].with, settings) as StageWith<T>, context);
  };
}
