import type { Tensor } from "@tensorflow/tfjs-core";

/** A tensor's value on the host, row-major. */
export interface HostTensor {
  dtype: "float32" | "int32";
  shape: number[];
  data: Float32Array | Int32Array;
}
export type HostTensors = Record<string, HostTensor>;
export type Tensors = Record<string, Tensor>;

/** Shape and type of one input. */
export interface InputSpec {
  dtype: "float32" | "int32";
  shape: number[];
}

/**
 * One computation over the state: a pure function of (state, inputs), written with tfjs operations.
 * `state` in the result names the variables to overwrite; those not named keep their value.
 */
export interface StepResult {
  state?: Tensors;
  outputs: Tensors;
}
export interface StepSpec {
  inputs: Record<string, InputSpec>;
  /** false: not compiled by XLA but run kernel by kernel; for a large graph that runs too seldom to repay compilation. */
  fuse?: false;
  run(state: Tensors, inputs: Tensors): StepResult;
}

/** Compiled steps that share one state held natively. */
export interface Program<S extends string = string> {
  /** Runs one step; inputs must have the declared shapes. Throws PawlError COMPUTE_FAILED / OUT_OF_MEMORY. */
  run(step: S, inputs: HostTensors): HostTensors;
  /** Values of state variables by name (all when no names are given). */
  read(names?: string[]): HostTensors;
  /** Overwrites state variables; shapes must match. */
  write(values: HostTensors): void;
  dispose(): void;
}
