import type { Tensor } from "@tensorflow/tfjs-core";
import { readSafetensors, writeSafetensors, type StoredTensor } from "../../formats/safetensors.js";
import { PawlError } from "../../platform/errors.js";
import type { ComputeFingerprint } from "../../schemas/compute.js";
import type { NamedTensors, TensorStageContext } from "../../schemas/own-stage.js";
import { fixCompute } from "../../tensor/flags.js";

/**
 * The backend of the built-in stages, in this process, and what reads and writes their checkpoints.
 * @throws PawlError TENSORFLOW_MISSING
 */
export async function loadTensors(
  compute: Pick<ComputeFingerprint, "device" | "threads">,
): Promise<TensorStageContext["tensors"]> {
  fixCompute(compute);
  const { loadBackend } = await import("../../tensor/backend.js");
  await loadBackend();
  const tf = await import("@tensorflow/tfjs-core");
  return {
    tf,
    save: (file, tensors) => writeSafetensors(file, Object.fromEntries(Object.entries(tensors).map(stored))),
    async load(file) {
      const found = await readSafetensors(file);
      const tensors: NamedTensors = {};
      for (const [name, { data, shape, dtype }] of Object.entries(found)) tensors[name] = tf.tensor(data, shape, dtype);
      return tensors;
    },
  };
}

/** A tensor as the file holds it. @throws PawlError WRONG_TYPE */
function stored([name, tensor]: [string, Tensor]): [string, StoredTensor] {
  const { dtype, shape } = tensor;
  if (dtype === "float32" || dtype === "int32")
    return [name, { dtype, shape, data: tensor.dataSync<"float32" | "int32">() }];
  throw new PawlError("WRONG_TYPE", `the tensor ${name} cannot be saved`, {
    expected: "float32 or int32",
    got: dtype,
    next: 'convert it first: tf.cast(tensor, "int32")',
  });
}
