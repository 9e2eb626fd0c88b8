import { createRequire } from "node:module";
import util from "node:util";
import * as tf from "@tensorflow/tfjs-core";
import { PawlError } from "../platform/errors.js";
import { fixedCompute, nativeEnvironment, noteLoad } from "./flags.js";
import { installed, setUpCommand, tensorflowModule } from "../platform/program/locations.js";
import { holdSwitches } from "./switches.js";

export type BackendName = "tensorflow" | "wasm" | "cpu";

/** The part of tfjs-node's binding and backend that Pawl uses directly. */
export interface NativeBackend {
  binding: NativeBinding;
  isUsingGpuDevice: boolean;
  executeSingleOutput(operation: string, attributes: NativeAttribute[], inputs: tf.TensorInfo[]): tf.Tensor;
  executeMultipleOutputs(
    operation: string,
    attributes: NativeAttribute[],
    inputs: tf.TensorInfo[],
    outputs: number,
  ): tf.Tensor[];
  readSync(dataId: tf.DataId): tf.backend_util.BackendValues;
  /**
   * What is known about each tensor: values that are not yet native (null: they are), or the native
   * tensor (-1: none).
   */
  tensorMap: { get(dataId: tf.DataId): { id: number; values: tf.backend_util.BackendValues | null } };
}
export interface NativeAttribute {
  name: string;
  type: number;
  value: unknown;
}
export interface NativeBinding {
  TF_Version: string;
  createTensor(shape: number[], type: number, data: Float32Array | Int32Array): number;
  deleteTensor(id: number): void;
  tensorDataSync(id: number): Float32Array | Int32Array | Uint8Array;
  loadSavedModel(directory: string, tags: string): number;
  deleteSavedModel(id: number): void;
  runSavedModel(
    id: number,
    inputs: number[],
    inputNames: string,
    outputNames: string,
  ): { id: number; shape: number[] }[];
  getNumOfTensors(): number;
  getNumOfSavedModels(): number;
  TF_ATTR_STRING: number;
  TF_ATTR_INT: number;
  TF_ATTR_FLOAT: number;
  TF_ATTR_BOOL: number;
  TF_ATTR_TYPE: number;
  TF_ATTR_SHAPE: number;
}

export interface BackendDescription {
  backend: BackendName;
  version: string;
  device: "cpu" | "gpu";
}

let loaded: { name: BackendName; description: Promise<BackendDescription> } | undefined;

/**
 * Loads the compute backend once per process: native TensorFlow if set-up installed it, else
 * WebAssembly, about ten times slower, which it reports on standard error. Later calls return what
 * the first one loaded.
 * @param only requires one of them (tests, benches)
 * @param environment the native library's switches, other than the chosen ones only in tests and
 *   benches
 * @throws PawlError TENSORFLOW_MISSING if the native library is installed but does not load, or
 *   finds no GPU although `fixCompute` requires one
 * @throws PawlError BACKEND_MISMATCH if this process computes with another backend than `only`, or
 *   loaded the native library with other switches than these
 */
export async function loadBackend(
  only?: BackendName,
  environment?: Record<string, string>,
): Promise<BackendDescription> {
  if (loaded === undefined) {
    noteLoad();
    const name = only ?? (installed()?.tensorflow ? "tensorflow" : "wasm");
    loaded = { name, description: load(name, only !== undefined, environment ?? nativeEnvironment()) };
    return loaded.description;
  }
  const description = await loaded.description;
  if (only !== undefined && only !== loaded.name)
    throw new PawlError("BACKEND_MISMATCH", "this process computes with another backend", {
      where: `process ${process.pid}`,
      expected: only,
      got: loaded.name,
      next: "compute in a separate process",
    });
  if (environment !== undefined && isNative()) holdSwitches(nativeBackend().binding, environment);
  return description;
}

async function load(
  name: BackendName,
  isRequested: boolean,
  environment: Record<string, string>,
): Promise<BackendDescription> {
  if (name === "tensorflow") loadNative(environment);
  else await loadFallback(name);
  if (name !== "tensorflow" && !isRequested)
    process.stderr.write(
      `native TensorFlow is not installed: steps run in WebAssembly, about ten times slower (${setUpCommand()})\n`,
    );
  const description = describeBackend();
  // If TensorFlow finds no GPU, it computes on the CPU without a message.
  if (fixedCompute()?.device === "gpu" && description.device !== "gpu") throw noGpu(description);
  return description;
}

function noGpu({ backend, version, device }: BackendDescription): PawlError {
  return new PawlError("TENSORFLOW_MISSING", "the stage needs a GPU, but none was found", {
    expected: "TensorFlow's CUDA build, and a GPU that its driver offers to this process",
    got: `${backend} ${version} on the ${device}`,
    next: "run `nvidia-smi` and `pawl doctor` on this machine, and start its worker again",
  });
}

function loadNative(environment: Record<string, string>): void {
  Object.assign(process.env, environment);
  // Node 23 dropped these; tfjs-node 4.22 still calls them.
  const removed = util as unknown as Record<string, (value: unknown) => boolean>;
  removed["isNullOrUndefined"] ??= (value) => value === null || value === undefined;
  removed["isArray"] ??= (value) => Array.isArray(value);
  try {
    createRequire(import.meta.url)(tensorflowModule());
  } catch (cause) {
    throw new PawlError(
      "TENSORFLOW_MISSING",
      "native TensorFlow does not load",
      { got: (cause as Error).message.split("\n")[0]!, next: setUpCommand() },
      { cause },
    );
  }
  holdSwitches(nativeBackend().binding, environment);
  unboundGather();
}

/**
 * tfjs-node's GatherV2 kernel reads all indices back to the host to check their range, which stalls
 * the device; TensorFlow checks them itself. The same kernel without reading them back.
 */
function unboundGather(): void {
  tf.unregisterKernel("GatherV2", "tensorflow");
  tf.registerKernel({
    kernelName: "GatherV2",
    backendName: "tensorflow",
    kernelFunc: ({ inputs, backend, attrs }) => {
      const native = backend as NativeBackend;
      const { x, indices } = inputs as { x: tf.TensorInfo; indices: tf.TensorInfo };
      const { axis, batchDims } = attrs as { axis: number; batchDims: number };
      const axisTensor = tf.scalar(axis, "int32");
      const type = (name: string, dtype: tf.DataType): NativeAttribute => ({
        name,
        type: native.binding.TF_ATTR_TYPE,
        value: dtype === "float32" ? 1 : dtype === "int32" ? 3 : 10,
      });
      const attributes = [
        { name: "batch_dims", type: native.binding.TF_ATTR_INT, value: batchDims },
        type("Tparams", x.dtype),
        type("Tindices", indices.dtype),
        type("Taxis", "int32"),
      ];
      const result = native.executeSingleOutput("GatherV2", attributes, [x, indices, axisTensor]);
      axisTensor.dispose();
      return result;
    },
  });
}

async function loadFallback(name: "wasm" | "cpu"): Promise<void> {
  await import("@tensorflow/tfjs"); // the gradients, and the cpu backend
  if (name === "wasm") await import("@tensorflow/tfjs-backend-wasm");
  await tf.setBackend(name);
  await tf.ready();
}

/** Whether native TensorFlow computes in this process. */
export function isNative(): boolean {
  return tf.getBackend() === "tensorflow";
}

/** The native backend. Throws PawlError INTERNAL before `loadBackend`. */
export function nativeBackend(): NativeBackend {
  if (!isNative()) throw new PawlError("INTERNAL", "the native backend is not loaded", { next: "await loadBackend()" });
  return tf.backend() as unknown as NativeBackend;
}

/** The backend, its version, and the device. Throws PawlError INTERNAL before `loadBackend`. */
export function describeBackend(): BackendDescription {
  const backend = tf.getBackend() as BackendName | "";
  if (!backend) throw new PawlError("INTERNAL", "no backend is loaded", { next: "await loadBackend()" });
  if (backend !== "tensorflow") return { backend, version: tf.version_core, device: "cpu" };
  const native = nativeBackend();
  return { backend, version: native.binding.TF_Version, device: native.isUsingGpuDevice ? "gpu" : "cpu" };
}
