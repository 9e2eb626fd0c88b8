import type { HostTensor } from "../../tensor/program.js";

export function floats(shape: number[], values: ArrayLike<number>): HostTensor {
  return { dtype: "float32", shape, data: Float32Array.from(values) };
}

export function integers(shape: number[], values: ArrayLike<number>): HostTensor {
  return { dtype: "int32", shape, data: Int32Array.from(values) };
}
