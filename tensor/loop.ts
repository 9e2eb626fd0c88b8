import { attribute, dataType, type GraphBuilder, type GraphType } from "./graph-builder.js";

/** A value that changes from one iteration to the next: its node inside the loop. */
export interface Carried {
  node: string;
  merge: string;
  /** Its value once the loop has ended. */
  exit: string;
  type: GraphType;
}

/**
 * A loop in a graph, from TensorFlow's control-flow primitives (Yu et al. 2018, "Dynamic control
 * flow in large-scale machine learning", section 4.2). Its body is part of the graph, so that XLA
 * compiles it once, however often it runs.
 */
export class Loop {
  readonly #condition: string;
  readonly #counter: Carried;

  /** @param times the number of iterations: the node of an int32 scalar */
  constructor(
    private readonly graph: GraphBuilder,
    private readonly name: string,
    times: string,
  ) {
    const zero = graph.constant("int32", [], Int32Array.of(0));
    const merge = this.#merge(zero, "int32");
    const less = graph.add("Less", [merge, this.invariant(times, "int32")], { T: typeAttribute("int32") });
    this.#condition = graph.add("LoopCond", [less], {});
    this.#counter = this.#switch(merge, "int32");
  }

  /**
   * The number of finished iterations: the node of an int32 scalar. A node without inputs is in the
   * body if it follows this.
   */
  get count(): string {
    return this.#counter.node;
  }

  /** A node from outside, inside the body. */
  invariant(node: string, type: GraphType | "resource"): string {
    return this.#enter(node, type === "resource" ? attribute.type(resource) : typeAttribute(type), true);
  }

  /** A value that begins as a node from outside; every one must be given its `next`. */
  carry(initial: string, type: GraphType): Carried {
    return this.#switch(this.#merge(initial, type), type);
  }

  /** Sets the node of the body that is the value in the next iteration. */
  next({ merge, type }: Carried, node: string, after: readonly string[] = []): void {
    this.graph.connect(merge, this.graph.add("NextIteration", [node, ...after], { T: typeAttribute(type) }));
  }

  /**
   * Ends the body.
   * @param after control edges from nodes that must have run before the next iteration
   */
  close(after: readonly string[]): void {
    const one = this.graph.constant("int32", [], Int32Array.of(1), this.count);
    const next = this.graph.add("AddV2", [this.count, one], { T: typeAttribute("int32") });
    this.next(this.#counter, next, after);
  }

  #enter(node: string, type: ReturnType<typeof attribute.type>, constant: boolean): string {
    return this.graph.add("Enter", [node], {
      T: type,
      frame_name: attribute.string(this.name),
      is_constant: attribute.boolean(constant),
      parallel_iterations: attribute.integer(1),
    });
  }

  #merge(initial: string, type: GraphType): string {
    const entered = this.#enter(initial, typeAttribute(type), false);
    return this.graph.add("Merge", [entered], { T: typeAttribute(type), N: attribute.integer(2) });
  }

  #switch(merge: string, type: GraphType): Carried {
    const chosen = this.graph.add("Switch", [merge, this.#condition], { T: typeAttribute(type) });
    const node = this.graph.add("Identity", [`${chosen}:1`], { T: typeAttribute(type) });
    return { node, merge, type, exit: this.graph.add("Exit", [chosen], { T: typeAttribute(type) }) };
  }
}

/** DT_RESOURCE of types.proto. */
const resource = 20;

const typeAttribute = (type: GraphType) => attribute.type(dataType[type]);
