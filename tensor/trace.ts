import * as tf from "@tensorflow/tfjs-core";
import type { DataId, Tensor, TensorInfo } from "@tensorflow/tfjs-core";
import { PawlError } from "../platform/errors.js";
import { nativeBackend, type NativeAttribute, type NativeBackend } from "./backend.js";
import { elementCount } from "./host-tensor.js";
import { attribute, dataType, type Attribute, type GraphBuilder, type GraphType } from "./graph-builder.js";

/** The trace that records at this moment. */
let recording: Trace | undefined;

function startRecording(trace: Trace): () => void {
  recording = trace;
  return () => (recording = undefined);
}

/**
 * The same value, computed only after another value: everything that depends on it waits, so that
 * pieces of work that could run side by side run one after another, in the memory of one. Without a
 * trace everything runs in order in any case.
 */
export function after<T extends Tensor>(x: T, before: Tensor): T {
  return recording ? recording.order(x, before) : x;
}

/**
 * Knows the graph node of each tensor of one traced call; any other tensor becomes a constant. The
 * call's results have no values: each operation is run once on zeros, for the types and shapes of
 * its outputs, which are then freed. So tracing a step takes the memory of its largest operation,
 * whatever the size of the model.
 */
export class Trace {
  readonly #graph: GraphBuilder;
  readonly #backend: NativeBackend = nativeBackend();
  readonly #nodes = new WeakMap<DataId, string>();
  /** Tensors without values: the call's inputs and results. */
  readonly #empty = new WeakSet<DataId>();
  #multiplications = 0;
  #waitsFor: string[] = [];

  /** @param pivot a node of the loop that the call is the body of */
  constructor(
    graph: GraphBuilder,
    private readonly pivot?: string,
  ) {
    this.#graph = graph;
  }

  /** Multiplications in the matrix products recorded so far. */
  get multiplications(): number {
    return this.#multiplications;
  }

  /** Sets the node of a tensor's value; its own values are dropped. */
  bind(tensor: TensorInfo, node: string): void {
    this.#nodes.set(tensor.dataId, node);
    this.#empty.add(tensor.dataId);
    this.#backend.tensorMap.get(tensor.dataId).values = zeroValues(tensor);
  }

  /** The node of a tensor; one that the call did not compute is a constant. */
  nodeName(tensor: TensorInfo): string {
    if (isInt64(tensor)) return this.#graph.constant("int64", [], BigInt64Array.of(BigInt(tensor.value)), this.pivot);
    let node = this.#nodes.get(tensor.dataId);
    if (node === undefined) {
      const type = graphType(tensor.dtype);
      const values = this.#backend.readSync(tensor.dataId) as Float32Array | Int32Array | Uint8Array;
      const data =
        type === "float32"
          ? Float32Array.from(values)
          : type === "int32"
            ? Int32Array.from(values)
            : Uint8Array.from(values);
      node = this.#graph.constant(type, tensor.shape, data, this.pivot);
      this.#nodes.set(tensor.dataId, node);
    }
    return node;
  }

  /**
   * Runs `work` and records every native operation it executes. Values may not be read while it
   * runs.
   */
  record<T>(work: () => T): T {
    const backend = this.#backend;
    const engine = tf.engine();
    const restore = [
      startRecording(this),
      replace(backend, "executeSingleOutput", (original) => (operation, attributes, inputs) => {
        const output = original.call(backend, operation, attributes, inputs);
        this.#add(operation, attributes, inputs, [output]);
        this.#free([...inputs, output]);
        return output;
      }),
      replace(backend, "executeMultipleOutputs", (original) => (operation, attributes, inputs, count) => {
        const outputs = original.call(backend, operation, attributes, inputs, count);
        this.#add(operation, attributes, inputs, outputs);
        this.#free([...inputs, ...outputs]);
        return outputs;
      }),
      replace(engine, "readSync", () => refuseReading),
      replace(engine, "read", () => refuseReading),
    ];
    try {
      return work();
    } finally {
      for (const undo of restore) undo();
    }
  }

  /** See {@link after}. */
  order<T extends Tensor>(x: T, before: Tensor): T {
    const { binding } = this.#backend;
    const type = { name: "T", type: binding.TF_ATTR_TYPE, value: dataType[graphType(x.dtype)] };
    this.#waitsFor = [`^${this.nodeName(before).split(":")[0]!}`];
    try {
      return this.#backend.executeSingleOutput("Identity", [type], [x]) as T;
    } finally {
      this.#waitsFor = [];
    }
  }

  #add(operation: string, attributes: NativeAttribute[], inputs: TensorInfo[], outputs: Tensor[]): void {
    const encoded = Object.fromEntries(attributes.map((a) => [a.name, this.#encode(operation, a)]));
    // The one kernel of tfjs-node that leaves its type to be inferred, which only the eager call
    // does.
    if (operation === "ExpandDims") encoded["T"] = attribute.type(dataType[graphType(inputs[0]!.dtype)]);
    if (operation === "BatchMatMulV2") this.#multiplications += productSize(attributes, inputs, outputs);
    const node = this.#graph.add(
      operation,
      [...inputs.map((input) => this.nodeName(input)), ...this.#waitsFor],
      encoded,
    );
    outputs.forEach((output, i) => this.bind(output, i === 0 ? node : `${node}:${i}`));
  }

  /**
   * Frees the native memory of tensors without values; the next operation that takes one is given
   * zeros again.
   */
  #free(tensors: readonly TensorInfo[]): void {
    for (const tensor of tensors) {
      if (isInt64(tensor) || !this.#empty.has(tensor.dataId)) continue;
      const info = this.#backend.tensorMap.get(tensor.dataId);
      if (info.id >= 0) this.#backend.binding.deleteTensor(info.id);
      info.id = -1;
      info.values = zeroValues(tensor);
    }
  }

  #encode(operation: string, { name, type, value }: NativeAttribute): Attribute {
    const { binding } = this.#backend;
    if (type === binding.TF_ATTR_STRING) return attribute.string(String(value));
    if (type === binding.TF_ATTR_INT)
      return Array.isArray(value) ? attribute.integers(value as number[]) : attribute.integer(Number(value));
    if (type === binding.TF_ATTR_FLOAT) return attribute.float(Number(value));
    if (type === binding.TF_ATTR_BOOL) return attribute.boolean(Boolean(value));
    if (type === binding.TF_ATTR_TYPE) return attribute.type(Number(value));
    if (type === binding.TF_ATTR_SHAPE) return attribute.shape(value as number[]);
    throw new PawlError("COMPUTE_FAILED", `the operation ${operation} cannot be part of a step`, { where: name });
  }
}

/**
 * Zeros for every tensor that is traced, in memory that is never written to: the system backs it
 * with one page.
 */
let zeroBytes = new ArrayBuffer(0);

function zeroValues({ shape, dtype }: TensorInfo): Float32Array | Int32Array | Uint8Array {
  const size = elementCount(shape);
  if (4 * size > zeroBytes.byteLength) zeroBytes = new ArrayBuffer(8 * size);
  if (dtype === "float32") return new Float32Array(zeroBytes, 0, size);
  return dtype === "int32" ? new Int32Array(zeroBytes, 0, size) : new Uint8Array(zeroBytes, 0, size);
}

/** Multiplications of a product of matrices: result × inner dimension. */
function productSize(attributes: NativeAttribute[], inputs: TensorInfo[], outputs: Tensor[]): number {
  const transposed = attributes.some(({ name, value }) => name === "adj_x" && value === true);
  return outputs[0]!.size * inputs[0]!.shape.at(transposed ? -2 : -1)!;
}

/**
 * The graph's type of a tfjs type. Throws PawlError COMPUTE_FAILED for complex numbers and strings.
 */
export function graphType(dtype: string): GraphType {
  if (dtype in dataType) return dtype as GraphType;
  throw new PawlError("COMPUTE_FAILED", `a step cannot hold values of type ${dtype}`, {
    expected: "float32, int32 or bool",
    got: dtype,
  });
}

/** tfjs-node's stand-in for an int64 scalar, which some operations take. */
function isInt64(tensor: TensorInfo): tensor is TensorInfo & { value: number } {
  return (tensor.dtype as string) === "int64";
}

function refuseReading(): never {
  throw new PawlError("COMPUTE_FAILED", "a step reads a tensor's value on the host while it is traced", {
    expected: "tensor operations only: the step runs natively, in one call",
    next: "return the tensor among the step's outputs and read it there",
  });
}

/** Replaces a method on one object; returns what undoes it. */
function replace<T extends object, K extends keyof T>(target: T, key: K, make: (original: T[K]) => T[K]): () => void {
  const own = Object.hasOwn(target, key);
  const original = target[key];
  target[key] = make(original);
  return () => {
    if (own) target[key] = original;
    else delete target[key];
  };
}
