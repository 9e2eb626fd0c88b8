import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";
import { PawlError } from "../platform/errors.js";
import { checkData, checkSpecs, checkTensors, lazyTensor, elementCount } from "./host-tensor.js";
import type { HostTensor, HostTensors, Program, StepSpec, Tensors, Update } from "./program.js";
import { checkNewState, checkUpdates, hostType, callInputs } from "./step-result.js";

/**
 * Runs steps operation by operation on whatever backend is loaded: same meaning as a native
 * program, slower.
 */
export class EagerProgram<S extends string> implements Program<S> {
  readonly #steps: Record<S, StepSpec>;
  readonly #state: Tensors = {};

  constructor(state: HostTensors, steps: Record<S, StepSpec>) {
    this.#steps = steps;
    for (const [name, value] of Object.entries(state)) this.#state[name] = tf.keep(upload(value));
  }

  run(step: S, inputs: HostTensors): HostTensors {
    const spec = this.#steps[step];
    const { repeat } = spec;
    checkTensors(`step ${step}`, callInputs(spec), inputs);
    if (!repeat) return this.#once(step, inputs);
    const { times, ...first } = inputs;
    const outputs: HostTensors[] = [];
    for (let time = 0; time < times!.data[0]!; time++) {
      const before = outputs.at(-1);
      const carried = repeat.carried.map((name) => [name, (before ?? first)[name]!] as const);
      const each = (repeat.each ?? []).map((name) => [name, repetitionInputs(first[name]!, time)] as const);
      outputs.push(this.#once(step, { ...first, ...Object.fromEntries([...carried, ...each]) }));
    }
    return stack(outputs, repeat.most);
  }

  runTogether(inputs: Partial<Record<S, HostTensors>>): Partial<Record<S, HostTensors>> {
    const entries = Object.entries(inputs) as [S, HostTensors][];
    return Object.fromEntries(entries.map(([step, its]) => [step, this.run(step, its)])) as Record<S, HostTensors>;
  }

  #once(step: S, inputs: HostTensors): HostTensors {
    let outputs: HostTensors = {};
    tf.tidy(() => {
      const tensors = Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, upload(value)]));
      const result = this.#steps[step].run({ ...this.#state }, tensors);
      const written = checkNewState(step, result, this.#specs());
      outputs = Object.fromEntries(Object.entries(result.outputs).map(([name, t]) => [name, download(t)]));
      this.#replace({ ...written, ...this.#updated(checkUpdates(step, result, this.#state)) });
    });
    return outputs;
  }

  #updated(updates: Record<string, Update>): Tensors {
    const entries = Object.entries(updates).map(([name, { indices, values }]) => [
      name,
      tf.tensorScatterUpdate(this.#state[name]!, indices, values),
    ]);
    return Object.fromEntries(entries) as Tensors;
  }

  read(names = Object.keys(this.#state)): HostTensors {
    return Object.fromEntries(
      names.map((name) => {
        const tensor = this.#state[name];
        if (!tensor) throw noVariable(name);
        return [name, download(tensor)];
      }),
    );
  }

  live(names = Object.keys(this.#state)): HostTensors {
    const specs = this.#specs();
    return Object.fromEntries(
      names.map((name) => {
        const spec = specs[name];
        if (!spec) throw noVariable(name);
        return [name, lazyTensor(spec, () => this.read([name])[name]!.data)];
      }),
    );
  }

  write(values: HostTensors): void {
    const specs = this.#specs();
    checkSpecs("write", specs, values, true);
    for (const [name, { dtype, shape, data }] of Object.entries(values)) {
      checkData(`write: ${name}`, specs[name]!, data);
      this.#state[name]!.dispose();
      this.#state[name] = tf.keep(upload({ dtype, shape, data }));
    }
  }

  dispose(): void {
    tf.dispose(Object.values(this.#state));
    for (const name of Object.keys(this.#state)) delete this.#state[name];
  }

  #specs() {
    return Object.fromEntries(
      Object.entries(this.#state).map(([name, t]) => [name, { dtype: hostType(t), shape: t.shape }]),
    );
  }

  /** Copies first, disposes after: a new value may be another variable's old one. */
  #replace(written: Tensors): void {
    const copies = Object.entries(written).map(([name, tensor]) => [name, tf.keep(tf.clone(tensor))] as const);
    for (const [name, copy] of copies) {
      this.#state[name]!.dispose();
      this.#state[name] = copy;
    }
  }
}

function noVariable(name: string): PawlError {
  return new PawlError("COMPUTE_FAILED", "no such state variable", { where: `read: ${name}` });
}

/** Copies, so that the caller can continue to use the array. */
function upload({ dtype, shape, data }: HostTensor): Tensor {
  return tf.tensor(data.slice(), shape, dtype);
}

function download(tensor: Tensor): HostTensor {
  const dtype = hostType(tensor);
  const data = tensor.dataSync();
  return { dtype, shape: tensor.shape, data: dtype === "float32" ? Float32Array.from(data) : Int32Array.from(data) };
}

/** One repetition's part of the inputs that are given for each repetition. */
function repetitionInputs({ dtype, shape: [, ...shape], data }: HostTensor, time: number): HostTensor {
  const size = elementCount(shape);
  return { dtype, shape, data: data.subarray(time * size, (time + 1) * size) };
}

/** The outputs of several repetitions as one, [most, …]. */
function stack(outputs: readonly HostTensors[], most: number): HostTensors {
  const stacked = Object.entries(outputs[0] ?? {}).map(([name, { dtype, shape, data }]) => {
    const all = new (dtype === "int32" ? Int32Array : Float32Array)(most * data.length);
    outputs.forEach((each, time) => all.set(each[name]!.data, time * data.length));
    return [name, { dtype, shape: [most, ...shape], data: all }] satisfies [string, HostTensor];
  });
  return Object.fromEntries(stacked);
}
