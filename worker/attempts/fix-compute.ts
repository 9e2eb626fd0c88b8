import { isDeepStrictEqual } from "node:util";
import type { StageContext } from "../../activities/stage.js";
import type { ComputeFingerprint } from "../../schemas/compute.js";
import { PawlError } from "../../platform/errors.js";
import { setUpCommand } from "../../platform/program/locations.js";
import type { StageRequest } from "../../schemas/run.js";
import { computesWithTensors, stageDefinitions, type StageType, type StageWith } from "../../schemas/stages/index.js";
import { computeFingerprint, fixCompute, hasGpuBuild, isBackendLoaded } from "../../tensor/flags.js";
import type { StageWorker } from "./stage-table.js";

/**
 * Makes this process compute with the number of threads of the stage's run, on any machine, so that
 * the stage keeps its key, and with it its checkpoints. Returns what belongs to the key: the run's
 * fingerprint; or, if another backend, version or flag is in use here and bits may differ, this
 * machine's own, which is logged. Undefined for a stage without tensors.
 * @throws PawlError TENSORFLOW_MISSING if the worker process lacks the stage's device; PREEMPTED if
 *   this process already computes with another number of threads: it ends, and the next process
 *   runs the stage
 */
export function fixStageCompute<T extends StageType>(
  worker: StageWorker,
  request: StageRequest & { uses: T },
  settings: StageWith<T>,
  log: StageContext["log"],
): ComputeFingerprint | undefined {
  if (!computesWithTensors(request.uses, settings)) return undefined;
  const actual = computeFingerprint({ gpu: worker.gpu });
  // Runs that an earlier version started do not record it.
  const expected = request.compute ?? actual;
  if (expected.device !== actual.device || (worker.gpu && !hasGpuBuild())) throw deviceMissing(expected.device);
  if (worker.gpu && isBackendLoaded() && stageDefinitions[request.uses].ownSettings !== undefined) {
    worker.leave();
    throw gpuInUse();
  }
  const compute = { ...actual, threads: expected.threads };
  if (!fixCompute(compute)) {
    worker.leave();
    throw otherThreads(expected.threads, actual.threads);
  }
  if (!isDeepStrictEqual(compute, expected))
    log("bits may differ: this machine has other software than the run started with, so the stage has another key", {
      here: compute,
      run: expected,
    });
  return compute;
}

function deviceMissing(device: string): PawlError {
  return new PawlError("TENSORFLOW_MISSING", `the stage needs a ${device}, which this worker process does not have`, {
    where: "resources.gpu",
    expected:
      device === "gpu" ? "a worker process for a GPU, with TensorFlow's CUDA build" : "a worker process for CPU stages",
    next: `run \`${setUpCommand()}\` on the machine with the GPU, and start its worker again`,
  });
}

/** A stage of the project's own computes in a process of its own. */
function gpuInUse(): PawlError {
  return new PawlError("PREEMPTED", "this process holds the GPU's memory, which the stage's own process needs", {
    next: "nothing: this process ends, and the next one runs the stage",
  });
}

function otherThreads(expected: number, actual: number): PawlError {
  return new PawlError(
    "PREEMPTED",
    `the stage computes with ${expected} threads, this process with ${actual}: another process runs it`,
    { next: "nothing; to avoid this, set the same PAWL_THREADS on every machine" },
  );
}
