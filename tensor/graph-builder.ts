import { sha256 } from "../platform/digests.js";
import * as wire from "./wire.js";

/**
 * TensorFlow's DataType numbers (tensorflow/core/framework/types.proto) of the types that steps
 * use.
 */
export const dataType = { float32: 1, int32: 3, int64: 9, bool: 10 } as const;
export type GraphType = keyof typeof dataType;
export type GraphData = Float32Array | Int32Array | Uint8Array | BigInt64Array;

/** The value of a node's attribute, an encoded AttrValue (attr_value.proto). */
export type Attribute = wire.Field;

export const attribute = {
  string: (value: string): Attribute => wire.text(2, value),
  integer: (value: number): Attribute => wire.integer(3, value),
  float: (value: number): Attribute => wire.float(4, value),
  boolean: (value: boolean): Attribute => wire.integer(5, value),
  type: (value: number): Attribute => wire.integer(6, value),
  shape: (value: readonly number[]): Attribute => wire.message(7, dimensions(value)),
  integers: (value: readonly number[]): Attribute => wire.message(1, [wire.integers(3, value)]),
};

/**
 * Producer version of a GraphDef: TensorFlow 2.21 reads 0 to 2500 and interprets operations as this
 * version did.
 */
const graphVersion = 1882;

/**
 * Collects the nodes of a TensorFlow graph and writes them as a SavedModel. A node is named by the
 * returned string.
 */
export class GraphBuilder {
  readonly #nodes: wire.Field[][] = [];
  readonly #byName = new Map<string, wire.Field[]>();
  readonly #counts = new Map<string, number>();
  readonly #constants = new Map<string, string>();

  /** Adds a node; `inputs` are `name`, `name:output` or `^name` (a control edge). */
  add(operation: string, inputs: readonly string[], attributes: Record<string, Attribute>): string {
    const count = this.#counts.get(operation) ?? 0;
    this.#counts.set(operation, count + 1);
    const name = `${operation}_${count}`;
    const node = [
      wire.text(1, name),
      wire.text(2, operation),
      ...inputs.map((input) => wire.text(3, input)),
      ...Object.entries(attributes).map(([key, value]) => attributeEntry(key, value)),
    ];
    this.#nodes.push(node);
    this.#byName.set(name, node);
    return name;
  }

  /** Adds an input to a node: this closes a cycle. */
  connect(node: string, input: string): void {
    this.#byName.get(node)!.push(wire.text(3, input));
  }

  /** Number of nodes so far. */
  get size(): number {
    return this.#nodes.length;
  }

  /** Adds an attribute to every node from number `first` on that does not have it. */
  markFrom(first: number, key: string, value: Attribute): void {
    const entry = attributeEntry(key, value);
    for (const node of this.#nodes.slice(first))
      if (!node.some((field) => Buffer.compare(field, entry) === 0)) node.push(entry);
  }

  /**
   * A constant; equal constants are one node.
   * @param after a node of the loop that the constant is part of
   */
  constant(type: GraphType, shape: readonly number[], data: GraphData, after?: string): string {
    const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const key = `${after ?? ""} ${type}[${shape.join(",")}]${sha256(raw)}`;
    let name = this.#constants.get(key);
    if (name === undefined) {
      const tensor = [wire.integer(1, dataType[type]), wire.message(2, dimensions(shape)), wire.bytes(4, raw)];
      name = this.add("Const", after === undefined ? [] : [`^${after}`], {
        dtype: attribute.type(dataType[type]),
        value: wire.message(8, tensor),
      });
      this.#constants.set(key, name);
    }
    return name;
  }

  /**
   * The graph as a SavedModel message with the tag `serve` (saved_model.proto, meta_graph.proto,
   * graph.proto).
   */
  savedModel(): Uint8Array {
    const graph = wire.message(2, [
      ...this.#nodes.map((node) => wire.message(1, node)),
      wire.message(4, [wire.integer(1, graphVersion)]),
    ]);
    const information = wire.message(1, [wire.text(4, "serve")]);
    return wire.concatenate([wire.integer(1, 1), wire.message(2, [information, graph])]);
  }
}

function attributeEntry(key: string, value: Attribute): wire.Field {
  return wire.message(5, [wire.text(1, key), wire.bytes(2, value)]);
}

function dimensions(shape: readonly number[]): wire.Field[] {
  return shape.map((size) => wire.message(2, [wire.integer(1, size)]));
}
