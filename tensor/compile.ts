import { isNative } from "./backend.js";
import { EagerProgram } from "./eager-program.js";
import { NativeProgram } from "./native-program.js";
import type { HostTensors, Program, StepSpec } from "./program.js";

/**
 * Makes a program of steps that share a state. On native TensorFlow each step is traced once, here,
 * into a graph and later run in one call; on the fallback it runs operation by operation.
 * `loadBackend` must have been awaited. Shapes are fixed: another batch shape is another step.
 * Values that a step takes from outside (constants, masks) are fixed at this moment.
 * @param state initial values by name
 * @param options.eager run operation by operation on the native backend too (tests)
 * @throws PawlError COMPUTE_FAILED if a step does not fit the state or reads values on the host
 */
export function compile<S extends string>(
  state: HostTensors,
  steps: Record<S, StepSpec>,
  options: { eager?: boolean } = {},
): Program<S> {
  return isNative() && !options.eager ? new NativeProgram(state, steps) : new EagerProgram(state, steps);
}
