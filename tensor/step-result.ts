import type { Tensor } from "@tensorflow/tfjs-core";
import { PawlError } from "../platform/errors.js";
import type { InputSpec, StepResult, StepSpec, Tensors } from "./program.js";

/** The inputs that a call of a step takes: those that it declares, and those for repetition. */
export function callInputs({ inputs, repeat }: StepSpec): Record<string, InputSpec> {
  if (!repeat) return inputs;
  const ofCall = { ...inputs };
  for (const name of repeat.each ?? [])
    ofCall[name] = { ...inputs[name]!, shape: [repeat.most, ...inputs[name]!.shape] };
  return { ...ofCall, times: { dtype: "int32", shape: [] } };
}

/** Checks that a step's writes fit the state. Throws PawlError COMPUTE_FAILED with the place. */
export function checkNewState(step: string, result: StepResult, state: Record<string, InputSpec>): Tensors {
  const written = result.state ?? {};
  for (const [name, tensor] of Object.entries(written)) {
    const where = `step ${step}, state ${name}`;
    const spec = state[name];
    if (!spec) throw new PawlError("COMPUTE_FAILED", "a step writes a state variable that does not exist", { where });
    if (tensor.dtype !== spec.dtype || tensor.shape.join() !== spec.shape.join())
      throw new PawlError("COMPUTE_FAILED", "a step writes a value that does not fit the state", {
        where,
        expected: `${spec.dtype} [${spec.shape.join(", ")}]`,
        got: `${tensor.dtype} [${tensor.shape.join(", ")}]`,
      });
  }
  return written;
}

/**
 * Checks that the variables that a step overwrites exist. Throws PawlError COMPUTE_FAILED with the
 * place.
 */
export function checkUpdates(step: string, { updates = {} }: StepResult, state: Record<string, unknown>) {
  for (const name of Object.keys(updates))
    if (!(name in state))
      throw new PawlError("COMPUTE_FAILED", "a step overwrites a state variable that does not exist", {
        where: `step ${step}, state ${name}`,
      });
  return updates;
}

/** How an output is returned to the host: bool as int32. */
export function hostType(tensor: Tensor): "float32" | "int32" {
  return tensor.dtype === "float32" ? "float32" : "int32";
}
