import { PawlError } from "../platform/errors.js";
import type { HostTensor, HostTensors, InputSpec } from "./program.js";

/** Number of elements of a shape. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/**
 * A tensor whose values are computed, or fetched, each time that its `data` are accessed, and are
 * not kept: a model's tensors can pass one at a time. Callers that need the values twice keep them.
 */
export function lazyTensor({ dtype, shape }: InputSpec, values: () => HostTensor["data"]): HostTensor {
  return {
    dtype,
    shape,
    get data() {
      return values();
    },
  };
}

/** A tensor of zeros. */
export function zeros(shape: number[]): HostTensor {
  return lazyTensor({ dtype: "float32", shape }, () => new Float32Array(elementCount(shape)));
}

/** The same tensors with their values in memory. */
export function held(tensors: HostTensors): HostTensors {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { dtype, shape, data }]) => [name, { dtype, shape, data }]),
  );
}

/** The same values under names that begin with a prefix. */
export function prefixed<T>(prefix: string, values: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [prefix + name, value]));
}

/** Those values whose names begin with a prefix, under the rest of their names. */
export function withoutPrefix<T>(prefix: string, values: Readonly<Record<string, T>>): Record<string, T> {
  const named = Object.entries(values).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(named.map(([name, value]) => [name.slice(prefix.length), value]));
}

/**
 * Checks that `values` are exactly those declared, in type, shape and length.
 * @param where what receives them, as the error shows it
 */
export function checkTensors(where: string, declared: Record<string, InputSpec>, values: HostTensors): void {
  checkSpecs(where, declared, values);
  for (const [name, { data }] of Object.entries(values)) checkData(`${where}: ${name}`, declared[name]!, data);
}

/**
 * Checks names, types and shapes, without reading values.
 * @param partial whether some may be left out
 */
export function checkSpecs(
  where: string,
  declared: Record<string, InputSpec>,
  values: HostTensors,
  partial = false,
): void {
  for (const name of Object.keys(values))
    if (!Object.hasOwn(declared, name))
      throw mismatch(`${where}: ${name}`, `one of ${Object.keys(declared).join(", ") || "nothing"}`, "an unknown name");
  for (const [name, spec] of Object.entries(declared)) {
    const value = values[name];
    if (value === undefined) {
      if (!partial) throw mismatch(`${where}: ${name}`, described(spec), "nothing");
    } else if (value.dtype !== spec.dtype || value.shape.join() !== spec.shape.join())
      throw mismatch(`${where}: ${name}`, described(spec), described(value));
  }
}

/** Checks that values are of a tensor's type and number. */
export function checkData(where: string, spec: InputSpec, data: HostTensor["data"]): void {
  const array = spec.dtype === "float32" ? Float32Array : Int32Array;
  if (!(data instanceof array)) throw mismatch(where, array.name, (data as object).constructor.name);
  if (data.length !== elementCount(spec.shape))
    throw mismatch(where, `${elementCount(spec.shape)} values`, `${data.length} values`);
}

function described({ dtype, shape }: InputSpec): string {
  return `${dtype} [${shape.join(", ")}]`;
}

function mismatch(where: string, expected: string, got: string): PawlError {
  return new PawlError("COMPUTE_FAILED", "a tensor does not fit", { where, expected, got });
}
