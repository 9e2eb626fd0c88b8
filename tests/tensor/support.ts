import { loadBackend, type BackendDescription } from "../../tensor/backend.js";
import { nativeEnvironment } from "../../tensor/flags.js";
import type { HostTensor } from "../../tensor/program.js";

declare global {
  /** The switches of this file's tier, where they differ from Pawl's own (jest.config.cjs). */
  var tensorSwitches: Record<string, string>;
}

/**
 * Loads native TensorFlow with the switches of this file's tier: `*.no-xla.test.ts` computes kernel
 * by kernel, since its programs are small and many and take longer to compile than to run; every
 * other file with XLA, as Pawl does.
 */
export function loadTensorFlow(): Promise<BackendDescription> {
  return loadBackend("tensorflow", { ...nativeEnvironment(), ...tensorSwitches });
}

export function floats(shape: number[], values: ArrayLike<number>): HostTensor {
  return { dtype: "float32", shape, data: Float32Array.from(values) };
}

export function integers(shape: number[], values: ArrayLike<number>): HostTensor {
  return { dtype: "int32", shape, data: Int32Array.from(values) };
}
