import { PawlError } from "../platform/errors.js";
import type { HostTensor, HostTensors, InputSpec } from "./program.js";

/** Number of elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** A tensor of zeros. */
export function zeros(shape: number[]): HostTensor {
  return { dtype: "float32", shape, data: new Float32Array(sizeOf(shape)) };
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
 * @param where what they are given to, as the error shows it
 * @param partial whether some may be left out
 */
export function checkTensors(
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
    if (value) checkTensor(`${where}: ${name}`, spec, value);
    else if (!partial) throw mismatch(`${where}: ${name}`, described(spec), "nothing");
  }
}

function checkTensor(where: string, spec: InputSpec, value: HostTensor): void {
  const array = spec.dtype === "float32" ? Float32Array : Int32Array;
  const same = value.dtype === spec.dtype && value.shape.join() === spec.shape.join();
  if (!same) throw mismatch(where, described(spec), described(value));
  if (!(value.data instanceof array)) throw mismatch(where, array.name, value.data.constructor.name);
  if (value.data.length !== sizeOf(spec.shape))
    throw mismatch(where, `${sizeOf(spec.shape)} values`, `${value.data.length} values`);
}

function described({ dtype, shape }: InputSpec): string {
  return `${dtype} [${shape.join(", ")}]`;
}

function mismatch(where: string, expected: string, got: string): PawlError {
  return new PawlError("COMPUTE_FAILED", "a tensor does not fit", { where, expected, got });
}
