import { availableParallelism } from "node:os";
import { join } from "node:path";
import { installed } from "./locations.js";

/** What decides, beside program and data, which bits a computation gives: part of a stage's key. */
export interface Fingerprint {
  backend: "tensorflow" | "wasm";
  version: string;
  device: "cpu" | "gpu";
  threads: number;
  flags: Record<string, string>;
}

/** Version of tfjs-backend-wasm, the fallback. */
const wasmVersion = "4.22.0";

/**
 * TensorFlow's switches, chosen by `npm run bench -- flags`: XLA compiles the graph of a small step whole; oneDNN's
 * kernels compute the large ones, which native-program.ts keeps from XLA.
 */
const flags: Record<string, string> = {
  TF_ENABLE_ONEDNN_OPTS: "1",
  TF_XLA_FLAGS: "--tf_xla_auto_jit=2 --tf_xla_cpu_global_jit --tf_xla_min_cluster_size=1",
};

/** Threads that one step uses: `PAWL_THREADS`, else all that the machine offers this process. */
function threads(): number {
  const wanted = Number(process.env["PAWL_THREADS"]);
  return Number.isInteger(wanted) && wanted > 0 ? wanted : availableParallelism();
}

/**
 * The environment that must be set before the native library loads: the flags and what changes no value. The pooling
 * allocator keeps memory between steps, where malloc gives it back and takes it again.
 */
export function nativeEnvironment(): Record<string, string> {
  const tensorflow = installed()?.tensorflow;
  return {
    ...flags,
    // XLA's compiler for NVIDIA looks for ptxas and libdevice here.
    ...(tensorflow?.build === "cuda" && {
      XLA_FLAGS: `--xla_gpu_cuda_data_dir=${join(tensorflow.folder, "deps", "nvidia", "cuda_nvcc")}`,
    }),
    TF_NUM_INTRAOP_THREADS: String(threads()),
    TF_CPU_ALLOCATOR_USE_BFC: "1",
    TF_CPP_MIN_LOG_LEVEL: process.env["TF_CPP_MIN_LOG_LEVEL"] ?? "2",
  };
}

/**
 * The fingerprint of what `loadBackend` will load here, without loading it.
 * @param gpu whether the stage asks for a GPU
 */
export function computeFingerprint({ gpu }: { gpu: boolean }): Fingerprint {
  const tensorflow = installed()?.tensorflow;
  if (!tensorflow) return { backend: "wasm", version: wasmVersion, device: "cpu", threads: threads(), flags: {} };
  const device = gpu && tensorflow.build === "cuda" ? "gpu" : "cpu";
  return { backend: "tensorflow", version: tensorflow.version, device, threads: threads(), flags };
}
