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
  /**
   * Parts of variables to overwrite in place, after everything else: the cost depends on what is
   * written, not on the variable's size.
   */
  updates?: Record<string, Update>;
  outputs: Tensors;
}

/**
 * Slices of a variable and where they go: indices [count, depth] int32 into its first axes; values
 * [count, …the other axes]. If indices are equal, any of their values may stay: two are equal only
 * if their values are never used.
 */
export interface Update {
  indices: Tensor;
  values: Tensor;
}
export interface StepSpec {
  inputs: Record<string, InputSpec>;
  /**
   * false: not compiled by XLA but run kernel by kernel; for a large graph that runs too rarely to
   * justify compilation.
   */
  fuse?: false;
  /**
   * Runs the step up to `most` times in one call; the additional input `times` (int32 scalar) sets
   * the number. The outputs in `carried` are the inputs of these names in the next iteration.
   * Inputs in `each` are given as [most, …]: each iteration has its own part, of the declared
   * shape. Each output is stacked: [most, …]; values beyond `times` are 0.
   */
  repeat?: { most: number; carried: readonly string[]; each?: readonly string[] };
  run(state: Tensors, inputs: Tensors): StepResult;
}

/** Compiled steps that share one state held natively. */
export interface Program<S extends string = string> {
  /**
   * Runs one step; inputs must have the declared shapes. Throws PawlError COMPUTE_FAILED /
   * OUT_OF_MEMORY.
   */
  run(step: S, inputs: HostTensors): HostTensors;
  /**
   * Runs several steps side by side in one call, each on its own threads if there are any. None may
   * write to a variable that another one reads. Throws as `run`.
   * @param inputs of each of the steps
   */
  runTogether(inputs: Partial<Record<S, HostTensors>>): Partial<Record<S, HostTensors>>;
  /** Values of state variables by name (all if no names are given). */
  read(names?: string[]): HostTensors;
  /**
   * The same, each fetched whenever its `data` are accessed: the variable's value at that moment.
   * So a state can be saved without a second copy of it in memory.
   */
  live(names?: string[]): HostTensors;
  /**
   * Overwrites state variables; shapes must match. Of tensors that are computed on access, few are
   * in memory at a time.
   */
  write(values: HostTensors): void;
  dispose(): void;
}
