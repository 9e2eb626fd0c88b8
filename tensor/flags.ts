import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { ComputeFingerprint } from "../schemas/compute.js";
import { installed } from "../platform/program/locations.js";

/** Version of tfjs-backend-wasm, the fallback. */
const wasmVersion = "4.22.0";

/**
 * TensorFlow's switches, chosen by `npm run bench -- flags`: XLA compiles the whole graph of a
 * small step; oneDNN's kernels compute the large ones, which native-program.ts keeps from XLA. The
 * binding (scripts/setup/session-options.h) reads `PAWL_GRAPH_OPTIMIZER`: TensorFlow's own
 * rewriting of graphs changes no step's time.
 */
const flags: Record<string, string> = {
  PAWL_GRAPH_OPTIMIZER: "0",
  TF_ENABLE_ONEDNN_OPTS: "1",
  TF_XLA_FLAGS: "--tf_xla_auto_jit=2 --tf_xla_cpu_global_jit --tf_xla_min_cluster_size=1",
};

/**
 * What makes a GPU compute the same bits every time: TensorFlow's and XLA's kernels with a fixed
 * order of sums. Not tried yet, for lack of a GPU.
 */
const gpuFlags: Record<string, string> = {
  TF_DETERMINISTIC_OPS: "1",
  XLA_FLAGS: "--xla_gpu_deterministic_ops=true",
};

/** Device and threads of this process, once a stage has fixed them. */
let fixed: Pick<ComputeFingerprint, "device" | "threads"> | undefined;

/**
 * Fixes the number of threads that this process computes with, and the device that it must find,
 * before the backend loads. False if another number is fixed: TensorFlow creates its threads once,
 * so that only another process can have another number.
 */
export function fixCompute({ device, threads }: Pick<ComputeFingerprint, "device" | "threads">): boolean {
  fixed ??= { device, threads };
  return fixed.threads === threads;
}

/** The first values given to `fixCompute`. */
export function fixedCompute(): typeof fixed {
  return fixed;
}

let isLoaded = false;

/** Notes that this process loads the backend. */
export function noteLoad(): void {
  isLoaded = true;
}

/**
 * Whether this process has loaded the backend: TensorFlow keeps nearly all memory of its GPU until
 * the process ends.
 */
export const isBackendLoaded = (): boolean => isLoaded;

/**
 * Threads that one step uses: as fixed for this process, else `PAWL_THREADS`, else all that the
 * machine offers this process.
 */
export function computeThreads(): number {
  if (fixed !== undefined) return fixed.threads;
  const wanted = Number(process.env["PAWL_THREADS"]);
  return Number.isInteger(wanted) && wanted > 0 ? wanted : availableParallelism();
}

/**
 * The environment that must be set before the native library loads: the flags, and variables that
 * change no value. The pooling allocator keeps memory between steps, while malloc returns and
 * requests it again.
 */
export function nativeEnvironment(): Record<string, string> {
  const tensorflow = installed()?.tensorflow;
  return {
    ...flags,
    ...(tensorflow?.build === "cuda" &&
      fixed?.device !== "cpu" && {
        ...gpuFlags,
        // XLA's compiler for NVIDIA looks for ptxas and libdevice here.
        XLA_FLAGS: `${gpuFlags["XLA_FLAGS"]} --xla_gpu_cuda_data_dir=${join(tensorflow.directory, "deps", "nvidia", "cuda_nvcc")}`,
      }),
    TF_NUM_INTRAOP_THREADS: String(computeThreads()),
    TF_CPU_ALLOCATOR_USE_BFC: "1",
    TF_CPP_MIN_LOG_LEVEL: process.env["TF_CPP_MIN_LOG_LEVEL"] ?? "2",
  };
}

/**
 * The fingerprint of what `loadBackend` would load here, without loading it.
 * @param gpu whether the stage needs a GPU: the device is then one, even if this machine has none,
 *   because the stage runs on a machine that has one
 */
export function computeFingerprint({ gpu }: { gpu: boolean }): ComputeFingerprint {
  const tensorflow = installed()?.tensorflow;
  const device = gpu ? "gpu" : "cpu";
  if (!tensorflow) return { backend: "wasm", version: wasmVersion, device, threads: computeThreads(), flags: {} };
  const chosen = gpu ? { ...flags, ...gpuFlags } : flags;
  return { backend: "tensorflow", version: tensorflow.version, device, threads: computeThreads(), flags: chosen };
}

/** Whether the installed backend can use a GPU. */
export function hasGpuBuild(): boolean {
  return installed()?.tensorflow?.build === "cuda";
}
