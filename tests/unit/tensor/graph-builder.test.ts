import { attribute, GraphBuilder } from "../../../tensor/graph-builder.js";
import * as wire from "../../../tensor/wire.js";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

test("fields are encoded as in the Protocol Buffers documentation", () => {
  // The examples of protobuf.dev/programming-guides/encoding: `a = 150`, `b = "testing"`, a nested
  // `c { a: 150 }`, and the packed list 3, 270, 86942.
  expect(hex(wire.integer(1, 150))).toBe("089601");
  expect(hex(wire.text(2, "testing"))).toBe("120774657374696e67");
  expect(hex(wire.message(3, [wire.integer(1, 150)]))).toBe("1a03089601");
  expect(hex(wire.integers(6, [3, 270, 86942]))).toBe("3206038e029ea705");
  expect(hex(wire.integer(1, -1))).toBe("08ffffffffffffffffff01");
  expect(hex(wire.float(1, 1))).toBe("0d0000803f");
});

test("equal constants are one node, unequal ones are not", () => {
  const graph = new GraphBuilder();
  const one = graph.constant("float32", [1], Float32Array.of(1));
  expect(graph.constant("float32", [1], Float32Array.of(1))).toBe(one);
  expect(graph.constant("float32", [], Float32Array.of(1))).not.toBe(one);
  expect(graph.constant("int32", [1], new Int32Array(Float32Array.of(1).buffer))).not.toBe(one);
  expect(graph.constant("float32", [1], Float32Array.of(2))).not.toBe(one);
});

test("nodes of one operation have different names", () => {
  const graph = new GraphBuilder();
  const type = attribute.type(1);
  expect(graph.add("Neg", ["x"], { T: type })).not.toBe(graph.add("Neg", ["x"], { T: type }));
});

test("marking gives each node after a point the attribute once", () => {
  const build = (mark: (graph: GraphBuilder) => void, attributes: Record<string, wire.Field>): string => {
    const graph = new GraphBuilder();
    graph.add("NoOp", [], {});
    graph.add("NoOp", [], attributes);
    mark(graph);
    return hex(graph.savedModel());
  };
  const excluded = { _XlaCompile: attribute.boolean(false) };
  const expected = build(() => {}, excluded);
  const mark = (graph: GraphBuilder) => graph.markFrom(1, "_XlaCompile", excluded._XlaCompile);
  expect(build(mark, {})).toBe(expected);
  expect(build(mark, excluded)).toBe(expected);
  expect(build((graph) => graph.markFrom(graph.size, "_XlaCompile", excluded._XlaCompile), {})).not.toBe(expected);
});
