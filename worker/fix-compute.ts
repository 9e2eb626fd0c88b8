import { isDeepStrictEqual } from "node:util";
import type { StageContext } from "../activities/stage.js";
import type { ComputeFingerprint } from "../schemas/compute.js";
import { PawlError } from "../platform/errors.js";
import type { StageRequest } from "../schemas/run.js";
import { stageDefinitions } from "../schemas/stages/index.js";
import { computeFingerprint, fixCompute, hasGpuBuild } from "../tensor/flags.js";
import type { StageWorker } from "./stage-table.js";

/**
 * Makes this process compute as the stage's run says: with its number of threads, whatever machine this is, so that the
 * stage keeps its key, and with it its checkpoints. Gives what belongs to the key: the run's fingerprint; or, where
 * another backend, version or flag is at work here and bits may differ, this machine's own, which the log tells.
 * Undefined for a stage without tensors.
 * @throws PawlError TENSORFLOW_MISSING where the worker process lacks the stage's device; PREEMPTED where this process computes
 *   with other threads already: it goes, and the process that follows takes the stage up
 */
export function fixStageCompute(
  worker: StageWorker,
  request: StageRequest,
  log: StageContext["log"],
): ComputeFingerprint | undefined {
  if (!stageDefinitions[request.uses].computesWithTensors) return undefined;
  const here = computeFingerprint({ gpu: worker.gpu });
  // Runs that an earlier version began say nothing.
  const asked = request.compute ?? here;
  if (asked.device !== here.device || (worker.gpu && !hasGpuBuild())) throw deviceMissing(asked.device);
  const compute = { ...here, threads: asked.threads };
  if (!fixCompute(compute)) {
    worker.leave();
    throw otherThreads(asked.threads, here.threads);
  }
  if (!isDeepStrictEqual(compute, asked))
    log("bits may differ: this machine computes with other software than the run began with, under a key of its own", {
      here: compute,
      run: asked,
    });
  return compute;
}

function deviceMissing(device: string): PawlError {
  return new PawlError("TENSORFLOW_MISSING", `the stage computes on a ${device}, which this worker process does not`, {
    where: "resources.gpu",
    expected:
      device === "gpu" ? "a worker process for a GPU, with TensorFlow's CUDA build" : "a worker process for CPU stages",
    next: "run `node scripts/setup.mjs` on the machine with the GPU, and start its worker again",
  });
}

function otherThreads(asked: number, here: number): PawlError {
  return new PawlError(
    "PREEMPTED",
    `the stage computes with ${asked} threads, this process with ${here}: another one takes it up`,
    { next: "nothing; with the same PAWL_THREADS on every machine it does not happen" },
  );
}
