import { attribute, dataType, type GraphBuilder } from "./graph-builder.js";
import type { HostTensor, InputSpec } from "./program.js";

/** Nodes of one call: the fed ones and the fetched ones. */
export interface AccessCall {
  /** Int32 scalar: the variable's number. */
  index: string;
  /** The written value; absent when reading. */
  value?: string;
  fetched: string;
}

/**
 * Nodes that read or overwrite one variable of a state, whichever number is fed. TensorFlow keeps a
 * plan of the whole graph for every set of nodes that was ever fed and fetched: with nodes for each
 * variable, reading a large state one variable at a time would keep hundreds of plans. Here a
 * `Switch` (see `loop.ts`) lets one of the variables through, and a `Merge` passes it on.
 */
export class StateAccess {
  readonly #numbers = new Map<string, number>();
  readonly #index: string;
  readonly #reads: Partial<Record<InputSpec["dtype"], string>> = {};
  readonly #writes: Partial<Record<InputSpec["dtype"], { value: string; fetched: string }>> = {};

  /** @param variables node of each variable's handle, by name */
  constructor(
    graph: GraphBuilder,
    variables: Readonly<Record<string, string>>,
    private readonly specs: Readonly<Record<string, InputSpec>>,
  ) {
    this.#index = graph.add("Placeholder", [], { dtype: attribute.type(dataType.int32), shape: attribute.shape([]) });
    const isChosen = Object.keys(specs).map((name, number) => {
      this.#numbers.set(name, number);
      const own = graph.constant("int32", [], Int32Array.of(number));
      return add(graph, "Equal", [this.#index, own], { T: attribute.type(dataType.int32) });
    });
    for (const dtype of ["float32", "int32"] as const) {
      const names = Object.keys(specs).filter((name) => specs[name]!.dtype === dtype);
      if (names.length === 0) continue;
      const chosen = names.map((name) => ({
        handle: variables[name]!,
        isChosen: isChosen[this.#numbers.get(name)!]!,
      }));
      this.#reads[dtype] = addReads(graph, dtype, chosen);
      this.#writes[dtype] = addWrites(graph, dtype, chosen);
    }
  }

  /** The call that reads a variable. */
  read(name: string): AccessCall {
    return { index: this.#index, fetched: this.#reads[this.specs[name]!.dtype]! };
  }

  /** The call that overwrites a variable; it fetches an int32 scalar. */
  write(name: string): AccessCall & { value: string } {
    return { index: this.#index, ...this.#writes[this.specs[name]!.dtype]! };
  }

  /** The value to feed as `index`. */
  indexTensor(name: string): HostTensor {
    return { dtype: "int32", shape: [], data: Int32Array.of(this.#numbers.get(name)!) };
  }
}

/** A variable's handle, and the node that tells whether it is the requested one. */
interface Candidate {
  handle: string;
  isChosen: string;
}

function addReads(graph: GraphBuilder, dtype: InputSpec["dtype"], candidates: readonly Candidate[]): string {
  const type = attribute.type(dataType[dtype]);
  const values = candidates.map(({ handle, isChosen }) => {
    const chosen = add(graph, "Switch", [handle, isChosen], { T: attribute.type(resource) });
    return add(graph, "ReadVariableOp", [`${chosen}:1`], { dtype: type });
  });
  return add(graph, "Merge", values, { T: type, N: attribute.integer(values.length) });
}

function addWrites(
  graph: GraphBuilder,
  dtype: InputSpec["dtype"],
  candidates: readonly Candidate[],
): { value: string; fetched: string } {
  const type = attribute.type(dataType[dtype]);
  const int32 = attribute.type(dataType.int32);
  const value = graph.add("Placeholder", [], { dtype: type });
  const one = graph.constant("int32", [], Int32Array.of(1));
  const done = candidates.map(({ handle, isChosen }) => {
    const given = add(graph, "Switch", [value, isChosen], { T: type });
    // Fed values are the caller's memory, which must not end up in a variable.
    const copy = add(graph, "DeepCopy", [`${given}:1`], { T: type });
    const assigned = add(graph, "AssignVariableOp", [handle, copy], { dtype: type });
    return add(graph, "Identity", [one, `^${assigned}`], { T: int32 });
  });
  return { value, fetched: add(graph, "Merge", done, { T: int32, N: attribute.integer(done.length) }) };
}

/** A node that XLA leaves alone: it moves data and computes nothing. */
function add(
  graph: GraphBuilder,
  operation: string,
  inputs: readonly string[],
  attributes: Parameters<GraphBuilder["add"]>[2],
): string {
  return graph.add(operation, inputs, { ...attributes, _XlaCompile: attribute.boolean(false) });
}

/** DT_RESOURCE of types.proto. */
const resource = 20;
