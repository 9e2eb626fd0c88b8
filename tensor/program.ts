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
  /** Parts of variables to overwrite in place, after all else: costs what is written, not what the variable holds. */
  updates?: Record<string, Update>;
  outputs: Tensors;
}

/**
 * Slices of a variable and where they go: indices [count, depth] int32 into its first axes; values [count, …the other axes].
 * Of equal indices any one's value may stay: two are equal only where nothing ever counts.
 */
export interface Update {
  indices: Tensor;
  values: Tensor;
}
export interface StepSpec {
  inputs: Record<string, InputSpec>;
  /** false: not compiled by XLA but run kernel by kernel; for a large graph that runs too seldom to repay compilation. */
  fuse?: false;
  /**
   * Runs the step up to `most` times in one call, as often as the further input `times` (int32 scalar) says. The outputs
   * that `carried` names are the inputs of those names the next time. Inputs that `each` names are given as [most, …]: each
   * time has its own part, of the declared shape. Each output is stacked: [most, …]; what lies beyond `times` is 0.
   */
  repeat?: { most: number; carried: readonly string[]; each?: readonly string[] };
  run(state: Tensors, inputs: Tensors): StepResult;
}

/** Compiled steps that share one state held natively. */
export interface Program<S extends string = string> {
  /** Runs one step; inputs must have the declared shapes. Throws PawlError COMPUTE_FAILED / OUT_OF_MEMORY. */
  run(step: S, inputs: HostTensors): HostTensors;
  /**
   * Runs several steps side by side in one call, each on threads of its own where there are any. None may write to a variable
   * that another one reads. Throws as `run`.
   * @param inputs of each of the steps
   */
  runTogether(inputs: Partial<Record<S, HostTensors>>): Partial<Record<S, HostTensors>>;
  /** Values of state variables by name (all when no names are given). */
  read(names?: string[]): HostTensors;
  /**
   * The same, each fetched whenever its `data` are asked for: what the variable holds at that moment. So a state can be saved
   * without a second copy of it in memory.
   */
  live(names?: string[]): HostTensors;
  /** Overwrites state variables; shapes must match. Of tensors that are made when asked for, few are held at a time. */
  write(values: HostTensors): void;
  dispose(): void;
}
