import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";
import { PawlError } from "../platform/errors.js";
import { nativeBackend, type NativeBinding } from "./backend.js";
import { attribute, dataType, GraphBuilder } from "./graph-builder.js";
import {
  checkData,
  checkSpecs,
  checkTensors,
  lazyTensor,
  prefixed,
  elementCount,
  withoutPrefix,
} from "./host-tensor.js";
import { Loop, type Carried } from "./loop.js";
import type { HostTensor, HostTensors, InputSpec, Program, StepResult, StepSpec, Tensors } from "./program.js";
import { closeSession, openSession, type Session } from "./sessions.js";
import { StateAccess } from "./state-access.js";
import { checkNewState, checkUpdates, hostType, callInputs } from "./step-result.js";
import { graphType, Trace } from "./trace.js";

type Ports = Record<string, { node: string } & InputSpec>;

/** The nodes to feed and to fetch for one call. */
interface Call {
  inputs: Ports;
  outputs: Ports;
}

/**
 * Steps traced into one TensorFlow graph and run in one native call each. The state lives in
 * resource variables of the session. Each step reads the variables first; a variable is assigned
 * only after that step's read of it, and outputs are returned only after all assignments, so every
 * value is computed from the state before the step.
 */
export class NativeProgram<S extends string> implements Program<S> {
  readonly #binding: NativeBinding = nativeBackend().binding;
  readonly #state: Record<string, InputSpec>;
  readonly #calls = {} as Record<S, Call>;
  readonly #writes: Ports = {};
  readonly #written: Record<string, string> = {};
  readonly #reads: Ports = {};
  /** For a large state, whose variables are read and overwritten one by one. */
  readonly #access: StateAccess | undefined;
  /** Undefined once the program has ended. */
  #session: Session | undefined;
  /** Whether every call so far succeeded. */
  #isSound = true;
  /** Calls so far that may have changed the state. */
  #changes = 0;
  /**
   * Values that no variable holds yet: they are written before they are first needed, unless others
   * replace them first.
   */
  #initial: HostTensors;

  constructor(state: HostTensors, steps: Record<S, StepSpec>) {
    const graph = new GraphBuilder();
    this.#state = Object.fromEntries(Object.entries(state).map(([name, { dtype, shape }]) => [name, { dtype, shape }]));
    const bytes = Object.values(state).reduce((sum, { shape }) => sum + 4 * elementCount(shape), 0);
    const isLarge = bytes > largestTogether;
    const variables = this.#addState(graph, isLarge);
    this.#access = isLarge ? new StateAccess(graph, variables, this.#state) : undefined;
    for (const [step, spec] of Object.entries(steps) as [S, StepSpec][])
      this.#calls[step] = addStep(graph, step, spec, state, variables);
    this.#session = opened(this.#binding, graph, bytes);
    this.#initial = { ...state };
  }

  run(step: S, inputs: HostTensors): HostTensors {
    this.#changes++;
    const call = this.#calls[step];
    checkTensors(`step ${step}`, call.inputs, inputs);
    return this.#execute(`step ${step}`, call, inputs);
  }

  runTogether(inputs: Partial<Record<S, HostTensors>>): Partial<Record<S, HostTensors>> {
    const steps = Object.keys(inputs) as S[];
    if (steps.length === 1) return { [steps[0]!]: this.run(steps[0]!, inputs[steps[0]!]!) } as Record<S, HostTensors>;
    this.#changes++;
    const together: Call = { inputs: {}, outputs: {} };
    const given: HostTensors = {};
    for (const step of steps) {
      const call = this.#calls[step];
      checkTensors(`step ${step}`, call.inputs, inputs[step]!);
      Object.assign(together.inputs, prefixed(`${step}/`, call.inputs));
      Object.assign(together.outputs, prefixed(`${step}/`, call.outputs));
      Object.assign(given, prefixed(`${step}/`, inputs[step]!));
    }
    const outputs = this.#execute(`steps ${steps.join(", ")}`, together, given);
    return Object.fromEntries(steps.map((step) => [step, withoutPrefix(`${step}/`, outputs)])) as Record<
      S,
      HostTensors
    >;
  }

  read(names = Object.keys(this.#state)): HostTensors {
    const outputs: Ports = {};
    for (const name of names) {
      outputs[name] = { ...this.#stateSpec(name), node: this.#reads[name]!.node };
    }
    return this.#execute("read", { inputs: {}, outputs }, {});
  }

  live(names = Object.keys(this.#state)): HostTensors {
    const access = this.#access;
    const values = access ? (name: string) => this.#readAlone(access, name) : this.#together(names);
    return Object.fromEntries(names.map((name) => [name, lazyTensor(this.#stateSpec(name), () => values(name).data)]));
  }

  /**
   * Values of a small state: read in one call, again after each call that may have changed them.
   */
  #together(names: string[]): (name: string) => HostTensor {
    let read: { changes: number; values: HostTensors } | undefined;
    return (name) => {
      if (read?.changes !== this.#changes) read = { changes: this.#changes, values: this.read(names) };
      return read.values[name]!;
    };
  }

  #stateSpec(name: string): InputSpec {
    const spec = this.#state[name];
    if (!spec) throw new PawlError("COMPUTE_FAILED", "no such state variable", { where: `read: ${name}` });
    return spec;
  }

  write(values: HostTensors): void {
    checkSpecs("write", this.#state, values, true);
    this.#changes++;
    this.#initial = Object.fromEntries(Object.entries(this.#initial).filter(([name]) => !(name in values)));
    this.#overwrite(values);
  }

  /**
   * A small state in one call, a large one variable by variable, so that values which are computed
   * on access are not all in memory. The largest come first: TensorFlow gives a variable the memory
   * of a copy that it no longer needs, undivided if that is less than twice as large as the
   * variable. In the order of a model's layers, 9 % of the state was lost this way.
   */
  #overwrite(values: HostTensors): void {
    const access = this.#access;
    if (access) {
      const largestFirst = Object.entries(values).toSorted(
        ([, a], [, b]) => elementCount(b.shape) - elementCount(a.shape),
      );
      for (const [name, value] of largestFirst) this.#writeAlone(access, name, this.#checked(name, value));
      return;
    }
    const names = Object.keys(values);
    const outputs = names.map((name) => [name, { node: this.#written[name]!, ...scalar }] as const);
    const all = Object.fromEntries(names.map((name) => [name, this.#checked(name, values[name]!)]));
    this.#call("write", { inputs: this.#writes, outputs: Object.fromEntries(outputs) }, all);
  }

  /** A tensor whose values are read once. */
  #checked(name: string, { dtype, shape, data }: HostTensor): HostTensor {
    checkData(`write: ${name}`, this.#state[name]!, data);
    return { dtype, shape, data };
  }

  #readAlone(access: StateAccess, name: string): HostTensor {
    const { index, fetched } = access.read(name);
    const inputs = { index: { node: index, ...scalar } };
    const call = { inputs, outputs: { value: { node: fetched, ...this.#state[name]! } } };
    return this.#execute(`read: ${name}`, call, { index: access.indexTensor(name) })["value"]!;
  }

  #writeAlone(access: StateAccess, name: string, value: HostTensor): void {
    const { index, value: given, fetched } = access.write(name);
    const inputs = { index: { node: index, ...scalar }, value: { node: given, ...this.#state[name]! } };
    const call = { inputs, outputs: { done: { node: fetched, ...scalar } } };
    this.#call(`write: ${name}`, call, { index: access.indexTensor(name), value });
  }

  /** Calls once every variable has a value. */
  #execute(where: string, call: Call, inputs: HostTensors): HostTensors {
    if (Object.keys(this.#initial).length > 0) this.#overwrite(this.#initial);
    this.#initial = {};
    return this.#call(where, call, inputs);
  }

  dispose(): void {
    if (this.#session !== undefined) closeSession(this.#binding, this.#session, this.#isSound);
    this.#session = undefined;
  }

  /**
   * Adds the variables and, for each, a node that reads it; of a small state also one that
   * overwrites it.
   */
  #addState(graph: GraphBuilder, isLarge: boolean): Record<string, string> {
    const variables: Record<string, string> = {};
    for (const [name, spec] of Object.entries(this.#state)) {
      const type = attribute.type(dataType[spec.dtype]);
      const variable = graph.add("VarHandleOp", [], {
        dtype: type,
        shape: attribute.shape(spec.shape),
        shared_name: attribute.string(name),
        container: attribute.string(""),
      });
      variables[name] = variable;
      this.#reads[name] = { node: graph.add("ReadVariableOp", [variable], { dtype: type, ...uncompiled }), ...spec };
      if (isLarge) continue;
      const value = addInput(graph, spec);
      this.#writes[name] = { node: value.placeholder, ...spec };
      const assign = graph.add("AssignVariableOp", [variable, value.node], { dtype: type, ...uncompiled });
      const done = graph.constant("int32", [], Int32Array.of(1));
      const int32 = attribute.type(dataType.int32);
      this.#written[name] = graph.add("Identity", [done, `^${assign}`], { T: int32, ...uncompiled });
    }
    return variables;
  }

  #call(where: string, call: Call, inputs: HostTensors): HostTensors {
    const binding = this.#binding;
    const session = this.#session;
    if (session === undefined) throw new PawlError("COMPUTE_FAILED", "the program has ended", { where });
    const names = Object.keys(inputs);
    if (Object.keys(call.outputs).length === 0) return {};
    const fed = names.map((name) => {
      const { shape, dtype, data } = inputs[name]!;
      return binding.createTensor(shape, dataType[dtype], data);
    });
    try {
      const fetched = binding.runSavedModel(
        session.id,
        fed,
        names.map((name) => `${call.inputs[name]!.node}:0`).join(","),
        Object.values(call.outputs)
          .map(({ node }) => `${node}:0`)
          .join(","),
      );
      return Object.fromEntries(
        Object.entries(call.outputs).map(([name, port], i) => [name, takeOut(binding, fetched[i]!.id, port)]),
      );
    } catch (error) {
      this.#isSound = false;
      throw nativeError(where, error as Error);
    } finally {
      for (const id of fed) binding.deleteTensor(id);
    }
  }
}

/** Keeps XLA from compiling a node: one that only moves data costs more to compile than to run. */
const uncompiled = { _XlaCompile: attribute.boolean(false) };

/**
 * Steps with more multiplications run on oneDNN's kernels: on large matrices they beat XLA's by
 * more than the gain of fusing the small operations (`npm run bench -- flags`).
 */
const largestCompiled = 2e10;

/** Bytes of the largest state that is read and written in one call. */
const largestTogether = 1 << 25;

/** The sign that a variable has been overwritten, and a variable's number. */
const scalar: InputSpec = { dtype: "int32", shape: [] };

/**
 * A placeholder and a copy of what is fed to it. The copy matters: tfjs-node feeds the caller's own
 * memory, which must not end up in a variable, where it would change with the caller's array and be
 * freed on a foreign thread.
 */
function addInput(graph: GraphBuilder, { dtype, shape }: InputSpec): { placeholder: string; node: string } {
  const type = attribute.type(dataType[dtype]);
  const placeholder = graph.add("Placeholder", [], { dtype: type, shape: attribute.shape(shape) });
  return { placeholder, node: graph.add("DeepCopy", [placeholder], { T: type, ...uncompiled }) };
}

/** Traces one eager call of a step on zeros. */
function addStep(
  graph: GraphBuilder,
  step: string,
  spec: StepSpec,
  state: HostTensors,
  variables: Record<string, string>,
): Call {
  const firstNode = graph.size;
  const call: Call = { inputs: {}, outputs: {} };
  const multiplications = tf.tidy(() => {
    const add = spec.repeat ? addRepeated : addOnce;
    return add({ graph, step, spec, state, variables }, call);
  });
  if (spec.fuse === false || multiplications > largestCompiled)
    graph.markFrom(firstNode, "_XlaCompile", uncompiled._XlaCompile);
  if (Object.keys(call.outputs).length === 0)
    throw new PawlError("COMPUTE_FAILED", "a step has no outputs", { where: `step ${step}` });
  return call;
}

interface Traced {
  graph: GraphBuilder;
  step: string;
  spec: StepSpec;
  state: HostTensors;
  variables: Record<string, string>;
}

/** @returns multiplications of the step */
function addOnce({ graph, step, spec, state, variables }: Traced, call: Call): number {
  const trace = new Trace(graph);
  const { reads, tensors } = addReads(graph, trace, state, variables, []);
  const inputs: Tensors = {};
  for (const [name, input] of Object.entries(spec.inputs)) {
    const { placeholder, node } = addInput(graph, input);
    inputs[name] = bound(trace, node, input);
    call.inputs[name] = { node: placeholder, ...input };
  }
  const result = trace.record(() => spec.run(tensors, inputs));
  const after = addWrites(graph, trace, step, result, state, variables, reads);
  for (const [name, tensor] of Object.entries(result.outputs)) {
    const type = attribute.type(dataType[graphType(tensor.dtype)]);
    const node = graph.add("Identity", [trace.nodeName(tensor), ...after], { T: type });
    call.outputs[name] = { node, dtype: hostType(tensor), shape: tensor.shape };
  }
  return trace.multiplications;
}

/** The step as the body of a loop: see {@link StepSpec.repeat}. */
function addRepeated({ graph, step, spec, state, variables }: Traced, call: Call): number {
  const { most, carried, each = [] } = spec.repeat!;
  const times = addInput(graph, { dtype: "int32", shape: [] });
  call.inputs["times"] = { node: times.placeholder, dtype: "int32", shape: [] };
  const loop = new Loop(graph, step, times.node);
  const trace = new Trace(graph, loop.count);
  const handles = Object.fromEntries(
    Object.entries(variables).map(([name, variable]) => [name, loop.invariant(variable, "resource")]),
  );
  const { reads, tensors } = addReads(graph, trace, state, handles, [`^${loop.count}`]);
  const inputs: Tensors = {};
  const carries: Record<string, Carried> = {};
  for (const [name, declared] of Object.entries(callInputs(spec))) {
    if (name === "times") continue;
    const { placeholder, node } = addInput(graph, declared);
    call.inputs[name] = { node: placeholder, ...declared };
    if (carried.includes(name)) carries[name] = loop.carry(node, declared.dtype);
    inputs[name] = bound(trace, carries[name]?.node ?? loop.invariant(node, declared.dtype), declared);
  }
  const count = bound(trace, loop.count, { dtype: "int32", shape: [] });
  const stacks: Record<string, Carried> = {};
  const { result, stacked } = trace.record(() => {
    for (const name of each) inputs[name] = iterationInput(inputs[name]!, count);
    const result = spec.run(tensors, inputs);
    const stacked = Object.entries(result.outputs).map(([name, output]) => {
      const spec = { dtype: hostType(output), shape: [most, ...output.shape] };
      const empty = new (spec.dtype === "int32" ? Int32Array : Float32Array)(elementCount(spec.shape));
      stacks[name] = loop.carry(graph.constant(spec.dtype, spec.shape, empty), spec.dtype);
      call.outputs[name] = { node: stacks[name].exit, ...spec };
      return [name, stackOnto(bound(trace, stacks[name].node, spec), output, count)] as const;
    });
    return { result, stacked };
  });
  for (const [name, tensor] of stacked) loop.next(stacks[name]!, trace.nodeName(tensor));
  for (const name of carried) loop.next(carries[name]!, trace.nodeName(result.outputs[name]!));
  loop.close(addWrites(graph, trace, step, result, state, handles, reads));
  return trace.multiplications;
}

/** A tensor that stands for a node while a call is traced. */
function bound(trace: Trace, node: string, { dtype, shape }: InputSpec): Tensor {
  const tensor = tf.zeros(shape, dtype);
  trace.bind(tensor, node);
  return tensor;
}

/** The part of iteration `count` of the inputs that are given for each iteration. */
function iterationInput(all: Tensor, count: Tensor): Tensor {
  return tf.reshape(tf.gather(all, tf.reshape(count, [1])), all.shape.slice(1));
}

/** A stack with the output of iteration `count` in its place. */
function stackOnto(stack: Tensor, output: Tensor, count: Tensor): Tensor {
  const most = stack.shape[0];
  const isCurrent = tf.reshape(tf.equal(tf.range(0, most, 1, "int32"), count), [most, ...output.shape.map(() => 1)]);
  return tf.where(tf.broadcastTo(isCurrent, stack.shape), tf.broadcastTo(tf.expandDims(output, 0), stack.shape), stack);
}

/** Nodes that read the variables, and the tensors that stand for them. */
function addReads(
  graph: GraphBuilder,
  trace: Trace,
  state: HostTensors,
  variables: Record<string, string>,
  after: readonly string[],
): { reads: Record<string, string>; tensors: Tensors } {
  const reads: Record<string, string> = {};
  const tensors: Tensors = {};
  for (const [name, { dtype, shape }] of Object.entries(state)) {
    reads[name] = graph.add("ReadVariableOp", [variables[name]!, ...after], {
      dtype: attribute.type(dataType[dtype]),
    });
    tensors[name] = bound(trace, reads[name], { dtype, shape });
  }
  return { reads, tensors };
}

/** Adds a step's writes to the state; returns control edges from the nodes that write. */
function addWrites(
  graph: GraphBuilder,
  trace: Trace,
  step: string,
  result: StepResult,
  state: HostTensors,
  variables: Record<string, string>,
  reads: Record<string, string>,
): string[] {
  const writes: string[] = [];
  for (const [name, tensor] of Object.entries(checkNewState(step, result, state))) {
    const value = trace.nodeName(tensor);
    if (value === reads[name]) continue;
    const type = attribute.type(dataType[graphType(tensor.dtype)]);
    writes.push(graph.add("AssignVariableOp", [variables[name]!, value, `^${reads[name]!}`], { dtype: type }));
  }
  // TensorFlow overwrites in place only if no node holds the value any more: after everything that
  // reads it.
  const computed = Object.values(result.outputs).map((tensor) => `^${trace.nodeName(tensor).split(":")[0]}`);
  for (const [name, { indices, values }] of Object.entries(checkUpdates(step, result, state))) {
    const inputs = [variables[name]!, trace.nodeName(indices), trace.nodeName(values), `^${reads[name]!}`, ...computed];
    writes.push(
      graph.add("ResourceScatterNdUpdate", inputs, {
        T: attribute.type(dataType[graphType(values.dtype)]),
        Tindices: attribute.type(dataType.int32),
        use_locking: attribute.boolean(false),
        ...uncompiled,
      }),
    );
  }
  return writes.map((node) => `^${node}`);
}

/** @throws PawlError COMPUTE_FAILED, OUT_OF_MEMORY if TensorFlow does not take the graph */
function opened(binding: NativeBinding, graph: GraphBuilder, bytes: number): Session {
  try {
    return openSession(binding, graph.savedModel(), bytes);
  } catch (error) {
    throw nativeError("graph", error as Error);
  }
}

/** Copies a native tensor to the host and frees it. */
function takeOut(binding: NativeBinding, id: number, { dtype, shape }: InputSpec): HostTensor {
  const data = elementCount(shape) === 0 ? [] : binding.tensorDataSync(id);
  binding.deleteTensor(id);
  if (dtype === "float32") return { dtype, shape, data: data instanceof Float32Array ? data : Float32Array.from(data) };
  return { dtype, shape, data: data instanceof Int32Array ? data : Int32Array.from(data) };
}

function nativeError(where: string, cause: Error): PawlError {
  const outOfMemory = /RESOURCE_EXHAUSTED|OOM|out of memory/i.test(cause.message);
  const message = cause.message.split("\n")[0]!;
  if (outOfMemory)
    return new PawlError(
      "OUT_OF_MEMORY",
      "the computation does not fit in memory",
      { where, got: message, next: "choose a smaller batchSize (gradient accumulation keeps the update the same)" },
      { cause },
    );
  return new PawlError("COMPUTE_FAILED", "TensorFlow could not run a step", { where, got: message }, { cause });
}
