import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import { PawlError } from "../../platform/errors.js";
import { identify, processName, type ProcessIdentity } from "../../platform/processes/process-identity.js";
import { nativeBackend, type NativeBinding } from "../../tensor/backend.js";
import { compile } from "../../tensor/compile.js";
import { held, lazyTensor } from "../../tensor/host-tensor.js";
import type { HostTensor, HostTensors, InputSpec, Program, StepSpec, Tensors } from "../../tensor/program.js";
import { endIdleSessions } from "../../tensor/sessions.js";
import { floats, integers, loadTensorFlow } from "./support.js";

beforeAll(loadTensorFlow);

/** The code of the PawlError that `work` throws, and where it says the fault is. */
function failure(work: () => unknown): { code: string; where: string | undefined } {
  try {
    work();
  } catch (error) {
    if (error instanceof PawlError) return { code: error.code, where: error.facts.where };
    throw error;
  }
  throw new Error("nothing was thrown");
}

const linearStep: StepSpec = {
  inputs: { x: { dtype: "float32", shape: [2, 3] } },
  run: (state, { x }) => {
    const y = tf.matMul(x as tf.Tensor2D, state["w"] as tf.Tensor2D);
    return {
      state: { w: tf.add(state["w"]!, tf.mean(y)), count: tf.add(state["count"]!, tf.scalar(1, "int32")) },
      outputs: { y, count: state["count"]!, large: tf.greater(y, 0) },
    };
  },
};
const initial = (): HostTensors => ({
  w: floats([3, 2], [1, 2, 3, 4, 5, 6]),
  count: integers([], [0]),
});

describe.each([
  ["traced", false],
  ["eager", true],
])("a %s program", (_, eager) => {
  const made: Program[] = [];
  const program = <S extends string>(state: HostTensors, steps: Record<S, StepSpec>): Program<S> => {
    const p = compile(state, steps, { eager });
    made.push(p);
    return p;
  };
  afterEach(() => {
    for (const p of made.splice(0)) p.dispose();
  });

  test("computes outputs from the state before the step and then updates the state", () => {
    const p = program(initial(), { step: linearStep });
    const first = p.run("step", { x: floats([2, 3], [1, 0, 0, -9, 0, 0]) });
    expect(first).toEqual({
      y: floats([2, 2], [1, 2, -9, -18]),
      count: integers([], [0]),
      large: integers([2, 2], [1, 1, 0, 0]),
    });
    expect(p.read()).toEqual({ w: floats([3, 2], [-5, -4, -3, -2, -1, 0]), count: integers([], [1]) });
    expect(p.run("step", { x: floats([2, 3], [0, 0, 0, 0, 0, 0]) })["count"]).toEqual(integers([], [1]));
  });

  test("asks for values that are made when asked for once, and gives what its variables hold at the moment", () => {
    const asked: string[] = [];
    const made = (name: string, tensor: HostTensor) =>
      lazyTensor(tensor, () => {
        asked.push(name);
        return tensor.data;
      });
    const { w, count } = initial();
    const p = program({ w: made("w", w!), count: made("count", count!) }, { step: linearStep });
    expect(held(p.live())).toEqual(initial());
    expect(asked).toEqual(["w", "count"]);
    const live = p.live(["count"]);
    const before = held(live);
    p.run("step", { x: floats([2, 3], [0, 0, 0, 0, 0, 0]) });
    expect(before).toEqual({ count: integers([], [0]) });
    expect(failure(() => p.live(["other"]))).toEqual({ code: "COMPUTE_FAILED", where: "read: other" });
    expect(held(live)).toEqual({ count: integers([], [1]) });
    p.write({ count: made("again", integers([], [5])) });
    expect(asked).toEqual(["w", "count", "again"]);
    expect(live["count"]!.data).toEqual(Int32Array.of(5));
    expect(failure(() => p.write({ count: lazyTensor(integers([], []), () => Int32Array.of(1, 2)) }))).toEqual({
      code: "COMPUTE_FAILED",
      where: "write: count",
    });
  });

  test("a large state is read and overwritten variable by variable", () => {
    const size = 5_000_000;
    const of = (value: number) => floats([size], new Float32Array(size).fill(value));
    const state = { a: of(1), b: of(2), n: integers([2], [3, 4]) };
    const sum: StepSpec = {
      inputs: {},
      run: ({ a, b, n }) => ({ outputs: { sum: tf.add(tf.max(a!), tf.max(b!)), n: n! } }),
    };
    const p = program(state, { sum });
    expect(p.run("sum", {})).toEqual({ sum: floats([], [3]), n: integers([2], [3, 4]) });
    p.write({ b: of(7), n: integers([2], [5, 6]), a: of(10) });
    expect(p.run("sum", {})).toEqual({ sum: floats([], [17]), n: integers([2], [5, 6]) });
    const { a, n } = p.live();
    expect([a!.data[0], a!.data[size - 1], ...n!.data]).toEqual([10, 10, 5, 6]);
  });

  test("what is written before the first use takes the place of the initial values", () => {
    const p = program(initial(), { step: linearStep });
    p.write({ count: integers([], [41]) });
    expect(p.run("step", { x: floats([2, 3], [0, 0, 0, 0, 0, 0]) })["count"]).toEqual(integers([], [41]));
    expect(p.read(["w"])).toEqual({ w: initial()["w"] });
  });

  const slots: StepSpec = {
    inputs: { at: { dtype: "int32", shape: [1, 1] }, row: { dtype: "float32", shape: [1, 2] } },
    run: ({ table }, { at, row }) => ({
      updates: { table: { indices: at!, values: tf.add(row!, tf.max(table!)) } },
      outputs: { before: tf.sum(table!), at: tf.add(at!, tf.scalar(1, "int32")), row: tf.mul(row!, 2) },
    }),
  };

  test("overwrites slices of a variable, from the state before", () => {
    const p = program({ table: floats([3, 2], [1, 2, 3, 4, 5, 6]) }, { put: slots });
    const inputs = { at: integers([1, 1], [1]), row: floats([1, 2], [10, 20]) };
    expect(p.run("put", inputs)["before"]).toEqual(floats([], [21]));
    expect(p.run("put", { ...inputs, at: integers([1, 1], [0]) })["before"]).toEqual(floats([], [56]));
    expect(p.read()).toEqual({ table: floats([3, 2], [36, 46, 16, 26, 5, 6]) });
  });

  test("refuses to overwrite what is no variable", () => {
    const wrong: StepSpec = {
      inputs: {},
      run: () => ({
        updates: { x: { indices: tf.zeros([1, 1], "int32"), values: tf.zeros([1]) } },
        outputs: { y: tf.scalar(1) },
      }),
    };
    const run = () => program({ w: floats([1], [1]) }, { put: wrong }).run("put", {});
    expect(failure(run)).toEqual({ code: "COMPUTE_FAILED", where: "step put, state x" });
  });

  test("repeats a step in one call: outputs that are carried are the next inputs, each time sees what the last has written", () => {
    const p = program(
      { table: floats([3, 2], [0, 0, 0, 0, 0, 1]) },
      { put: { ...slots, repeat: { most: 4, carried: ["at", "row"] } } },
    );
    const inputs = { at: integers([1, 1], [0]), row: floats([1, 2], [1, 2]) };
    expect(p.run("put", { ...inputs, times: integers([], [3]) })).toEqual({
      before: floats([4], [1, 6, 18, 0]),
      at: integers([4, 1, 1], [1, 2, 3, 0]),
      row: floats([4, 1, 2], [2, 4, 4, 8, 8, 16, 0, 0]),
    });
    // 1 + (1, 2); 3 + (2, 4); 7 + (4, 8)
    expect(p.read()).toEqual({ table: floats([3, 2], [2, 3, 5, 7, 11, 15]) });
    const again = { at: integers([1, 1], [2]), row: floats([1, 2], [0, 0]), times: integers([], [1]) };
    expect(p.run("put", again)["before"]).toEqual(floats([4], [43, 0, 0, 0]));
  });

  test("repeats a step with a part of an input for each time", () => {
    const p = program(
      { sum: floats([2], [0, 0]) },
      {
        add: {
          inputs: { x: { dtype: "float32", shape: [2] } },
          repeat: { most: 3, carried: [], each: ["x"] },
          run: ({ sum }, { x }) => ({ state: { sum: tf.add(sum!, x!) }, outputs: { before: sum! } }),
        },
      },
    );
    const x = floats([3, 2], [1, 2, 3, 4, 5, 6]);
    expect(p.run("add", { x, times: integers([], [2]) })).toEqual({ before: floats([3, 2], [0, 0, 1, 2, 0, 0]) });
    expect(p.run("add", { x, times: integers([], [3]) })).toEqual({ before: floats([3, 2], [4, 6, 5, 8, 8, 12]) });
    const run = () => p.run("add", { x: floats([2], [1, 2]), times: integers([], [1]) });
    expect(failure(run)).toEqual({ code: "COMPUTE_FAILED", where: "step add: x" });
  });

  test("runs several steps in one call, each on its own variables", () => {
    const add = (name: string) => ({
      inputs: { x: { dtype: "float32" as const, shape: [] } },
      run: (state: Tensors, { x }: Tensors) => ({ state: { [name]: tf.add(state[name]!, x!) }, outputs: { was: state[name]! } }), // prettier-ignore
    });
    const p = program({ a: floats([], [1]), b: floats([], [10]) }, { addA: add("a"), addB: add("b") });
    const both = { addA: { x: floats([], [2]) }, addB: { x: floats([], [3]) } };
    expect(p.runTogether(both)).toEqual({ addA: { was: floats([], [1]) }, addB: { was: floats([], [10]) } });
    expect(p.runTogether({ addB: { x: floats([], [4]) } })).toEqual({ addB: { was: floats([], [13]) } });
    expect(p.read()).toEqual({ a: floats([], [3]), b: floats([], [17]) });
    const run = () => p.runTogether({ ...both, addB: { x: floats([1], [3]) } });
    expect(failure(run)).toEqual({ code: "COMPUTE_FAILED", where: "step addB: x" });
  });

  test("exchanges two variables", () => {
    const p = program(
      { a: floats([2], [1, 2]), b: floats([2], [3, 4]) },
      { swap: { inputs: {}, run: ({ a, b }) => ({ state: { a: b!, b: a! }, outputs: { a: a!, b: b! } }) } },
    );
    for (let i = 0; i < 3; i++) {
      const [a, b] =
        i % 2
          ? [
              [3, 4],
              [1, 2],
            ]
          : [
              [1, 2],
              [3, 4],
            ];
      expect(p.run("swap", {})).toEqual({ a: floats([2], a), b: floats([2], b) });
    }
  });

  test("shares the state among several steps", () => {
    const x: InputSpec = { dtype: "float32", shape: [2] };
    const p = program(
      { sum: floats([2], [0, 0]) },
      {
        add: {
          inputs: { x },
          run: (s, i) => ({ state: { sum: tf.add(s["sum"]!, i["x"]!) }, outputs: { x: i["x"]! } }),
        },
        show: { inputs: {}, run: (s) => ({ outputs: { twice: tf.mul(s["sum"]!, 2) } }) },
      },
    );
    p.run("add", { x: floats([2], [1, 2]) });
    p.run("add", { x: floats([2], [10, 20]) });
    expect(p.run("show", {})).toEqual({ twice: floats([2], [22, 44]) });
    p.write({ sum: floats([2], [5, 6]) });
    expect(p.run("show", {})).toEqual({ twice: floats([2], [10, 12]) });
    expect(p.read(["sum"])).toEqual({ sum: floats([2], [5, 6]) });
  });

  test("keeps no hold on the caller's arrays", () => {
    const spec: InputSpec = { dtype: "float32", shape: [4] };
    const p = program(
      { kept: floats([4], [0, 0, 0, 0]) },
      {
        keep: {
          inputs: { x: spec },
          run: (_, { x }) => ({ state: { kept: tf.reshape(x!, [4]) }, outputs: { x: x! } }),
        },
      },
    );
    // One of these offsets is aligned so that native code takes the memory itself.
    for (let offset = 0; offset < 16; offset++) {
      const memory = new Float32Array(32);
      const data = memory.subarray(offset, offset + 4);
      data.set([1, 2, 3, 4]);
      p.run("keep", { x: { ...spec, data } });
      memory.fill(-1);
      expect(p.read()).toEqual({ kept: floats([4], [1, 2, 3, 4]) });
      data.set([5, 6, 7, 8]);
      p.write({ kept: { ...spec, data } });
      memory.fill(-1);
      expect(p.read()).toEqual({ kept: floats([4], [5, 6, 7, 8]) });
    }
  });

  test("lets NaN and infinities through", () => {
    const step: StepSpec = { inputs: {}, run: ({ w }) => ({ state: { w: tf.mul(w!, 2) }, outputs: { w: w! } }) };
    const p = program({ w: floats([3], [NaN, Infinity, 1]) }, { step });
    expect(p.run("step", {})).toEqual({ w: floats([3], [NaN, Infinity, 1]) });
    expect(p.read()).toEqual({ w: floats([3], [NaN, Infinity, 2]) });
  });

  test("takes constants from outside", () => {
    const mask = tf.tensor2d(
      Int32Array.from({ length: 300 * 300 }, (_, i) => i % 7),
      [300, 300],
      "int32",
    );
    const even = tf.equal(tf.mod(mask, 2), 0);
    const expected = Int32Array.from(mask.dataSync()).reduce((sum, value) => sum + value, 0);
    const p = program(
      { w: floats([1], [0]) },
      {
        step: {
          inputs: {},
          run: () => ({ outputs: { total: tf.sum(mask), again: tf.sum(mask.clone()), even: tf.any(even) } }),
        },
      },
    );
    expect(p.run("step", {})).toEqual({
      total: integers([], [expected]),
      again: integers([], [expected]),
      even: integers([], [1]),
    });
    tf.dispose([mask, even]);
  });

  test("refuses what does not fit", () => {
    const p = program(initial(), { step: linearStep });
    const x = floats([2, 3], [0, 0, 0, 0, 0, 0]);
    expect(failure(() => p.run("step", {}))).toEqual({ code: "COMPUTE_FAILED", where: "step step: x" });
    expect(failure(() => p.run("step", { x: floats([3, 2], [0, 0, 0, 0, 0, 0]) })).where).toBe("step step: x");
    expect(failure(() => p.run("step", { x: integers([2, 3], [0, 0, 0, 0, 0, 0]) })).where).toBe("step step: x");
    expect(failure(() => p.run("step", { x: floats([2, 3], [0]) })).where).toBe("step step: x");
    expect(failure(() => p.run("step", { x, y: x })).where).toBe("step step: y");
    expect(failure(() => p.write({ v: x })).where).toBe("write: v");
    expect(failure(() => p.write({ w: x })).where).toBe("write: w");
    expect(failure(() => p.read(["v"])).where).toBe("read: v");
  });

  test("refuses a step that writes what the state does not hold", () => {
    const wrong = (state: (s: Record<string, tf.Tensor>) => Record<string, tf.Tensor>) => () => {
      const step: StepSpec = { inputs: {}, run: (s) => ({ state: state(s), outputs: { w: s["w"]! } }) };
      program(initial(), { step }).run("step", {});
    };
    expect(failure(wrong((s) => ({ v: s["w"]! }))).where).toBe("step step, state v");
    expect(failure(wrong((s) => ({ w: tf.reshape(s["w"]!, [2, 3]) }))).where).toBe("step step, state w");
    expect(failure(wrong((s) => ({ w: tf.cast(s["w"]!, "int32") }))).where).toBe("step step, state w");
  });
});

test("a step too large for XLA gives the right values", () => {
  const size = 2800;
  const data = Float32Array.from({ length: size * size }, (_, i) => ((i * 7919) % 13) - 6);
  const square: HostTensors = { w: { dtype: "float32", shape: [size, size], data } };
  const step: StepSpec = {
    inputs: {},
    run: ({ w }) => ({ outputs: { row: tf.sum(tf.matMul(w as tf.Tensor2D, w as tf.Tensor2D), 0) } }),
  };
  const p = compile(square, { step });
  const { row } = p.run("step", {});
  p.dispose();
  const [sums, expected] = [new Float64Array(size), new Float32Array(size)];
  for (let i = 0; i < data.length; i++) sums[i % size]! += data[i]!;
  for (let i = 0; i < data.length; i++) expected[i % size]! += sums[Math.floor(i / size)]! * data[i]!;
  // Small whole numbers: every order of summation gives the same floats.
  expect(row).toEqual(floats([size], expected));
});

test("variables of a large state get their values from the largest down", () => {
  const asked: number[] = [];
  const sizes = [2_000_000, 1, 6_000_000, 3_000_000];
  const made = (size: number) =>
    lazyTensor({ dtype: "float32", shape: [size] }, () => {
      asked.push(size);
      return new Float32Array(size);
    });
  const p = compile(Object.fromEntries(sizes.map((size) => [`of${size}`, made(size)])), {
    sum: { inputs: {}, run: (state) => ({ outputs: { sum: tf.sum(state["of1"]!) } }) },
  });
  p.run("sum", {});
  expect(asked).toEqual([6_000_000, 3_000_000, 2_000_000, 1]);
  p.dispose();
});

test("a traced step may not read values on the host", () => {
  const step: StepSpec = { inputs: {}, run: ({ w }) => ({ outputs: { w: tf.scalar(w!.dataSync()[0]!) } }) };
  expect(failure(() => compile(initial(), { step })).code).toBe("COMPUTE_FAILED");
  expect(tf.scalar(3).dataSync()[0]).toBe(3);
});

test("dispose gives everything back, but for idle sessions", () => {
  const { binding } = nativeBackend();
  endIdleSessions(binding);
  const before = [binding.getNumOfTensors(), binding.getNumOfSavedModels(), tf.memory().numTensors];
  const p = compile(initial(), { step: linearStep });
  p.run("step", { x: floats([2, 3], [1, 2, 3, 4, 5, 6]) });
  p.dispose();
  endIdleSessions(binding);
  expect([binding.getNumOfTensors(), binding.getNumOfSavedModels(), tf.memory().numTensors]).toEqual(before);
});

describe("sessions of programs that have ended", () => {
  let binding: NativeBinding;
  const x = floats([2, 3], [1, 2, 3, 4, 5, 6]);
  const sessions = (): number => binding.getNumOfSavedModels();
  const ran = (state: HostTensors): HostTensors => {
    const p = compile(state, { step: linearStep });
    const result = { ...p.run("step", { x }), ...p.read() };
    p.dispose();
    return result;
  };
  beforeEach(() => {
    ({ binding } = nativeBackend());
    endIdleSessions(binding);
  });
  afterAll(() => endIdleSessions(binding));

  test("a program of the same graph uses one again, with its own initial values", () => {
    const other = Object.fromEntries(
      Object.entries(initial()).map(([name, value]) => [name, { ...value, data: value.data.map((each) => each + 1) }]),
    );
    const [fresh, freshOther] = [ran(initial()), (endIdleSessions(binding), ran(other))];
    const count = sessions();
    expect([ran(initial()), ran(other), ran(initial())]).toEqual([fresh, freshOther, fresh]);
    expect(fresh).not.toEqual(freshOther);
    expect(sessions()).toBe(count);
  });

  test("programs of the same graph that run at the same time have a session each", () => {
    const [first, second] = [compile(initial(), { step: linearStep }), compile(initial(), { step: linearStep })];
    const before = first.read();
    second.run("step", { x });
    expect(first.read()).toEqual(before);
    first.dispose();
    first.dispose();
    const [third, fourth] = [compile(initial(), { step: linearStep }), compile(initial(), { step: linearStep })];
    third.run("step", { x });
    expect(fourth.read()).toEqual(before);
    for (const each of [second, third, fourth]) each.dispose();
  });

  test("a program that has ended does not run", () => {
    const p = compile(initial(), { step: linearStep });
    p.dispose();
    expect(failure(() => p.run("step", { x }))).toMatchObject({ code: "COMPUTE_FAILED" });
  });

  test("one that failed is not used again", () => {
    const count = sessions();
    const row: StepSpec = {
      inputs: { at: { dtype: "int32", shape: [1] } },
      run: ({ w }, { at }) => ({ outputs: { row: tf.gather(w!, at as tf.Tensor1D) } }),
      fuse: false,
    };
    const p = compile(initial(), { row });
    expect(failure(() => p.run("row", { at: integers([1], [99]) })).code).toBe("COMPUTE_FAILED");
    p.dispose();
    expect(sessions()).toBe(count);
  });

  test("few stay, the latest", () => {
    const count = sessions();
    for (let size = 1; size <= 20; size++) {
      const p = compile(
        { w: floats([size], new Array(size).fill(1)) },
        { sum: { inputs: {}, run: ({ w }) => ({ outputs: { sum: tf.sum(w!) } }) } },
      );
      p.run("sum", {});
      p.dispose();
    }
    expect(sessions()).toBe(count + 8);
  });
});

test("a graph that a killed process has left in the system's temporary directory is removed by the next one", () => {
  const directory = mkdtempSync(path.join(tmpdir(), "pawl-test-"));
  const before = process.env["TMPDIR"];
  process.env["TMPDIR"] = directory;
  try {
    const me = identify(process.pid);
    const nameOf = (owner: ProcessIdentity): string => `pawl-graph-${processName(owner)}.x`;
    const killed = nameOf({ ...me, started: "1" });
    const others = [nameOf(identify(process.ppid)), nameOf({ ...me, machine: "0".repeat(12) }), "of-others"];
    for (const name of [killed, ...others]) {
      mkdirSync(path.join(directory, name));
      // Whatever the clock says.
      utimesSync(path.join(directory, name), 1, 1);
    }
    endIdleSessions(nativeBackend().binding);
    const p = compile(initial(), { step: linearStep });
    p.run("step", { x: floats([2, 3], [1, 2, 3, 4, 5, 6]) });
    p.dispose();
    expect(readdirSync(directory).sort()).toEqual(others.sort());
  } finally {
    if (before === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = before;
    rmSync(directory, { recursive: true });
  }
});
