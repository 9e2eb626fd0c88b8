import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";
import { PawlError } from "../schemas/errors.js";
import { checkTensors } from "./host-tensor.js";
import type { HostTensor, HostTensors, Program, StepSpec, Tensors } from "./program.js";
import { checkNewState, hostType } from "./step-result.js";

/** Runs steps operation by operation on whatever backend is loaded: same meaning as a native program, slower. */
export class EagerProgram<S extends string> implements Program<S> {
  readonly #steps: Record<S, StepSpec>;
  readonly #state: Tensors = {};

  constructor(state: HostTensors, steps: Record<S, StepSpec>) {
    this.#steps = steps;
    for (const [name, value] of Object.entries(state)) this.#state[name] = tf.keep(upload(value));
  }

  run(step: S, inputs: HostTensors): HostTensors {
    const spec = this.#steps[step];
    checkTensors(`step ${step}`, spec.inputs, inputs);
    let outputs: HostTensors = {};
    tf.tidy(() => {
      const tensors = Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, upload(value)]));
      const result = spec.run({ ...this.#state }, tensors);
      const written = checkNewState(step, result, this.#specs());
      outputs = Object.fromEntries(Object.entries(result.outputs).map(([name, t]) => [name, download(t)]));
      this.#replace(written);
    });
    return outputs;
  }

  read(names = Object.keys(this.#state)): HostTensors {
    return Object.fromEntries(
      names.map((name) => {
        const tensor = this.#state[name];
        if (!tensor) throw new PawlError("COMPUTE_FAILED", "no such state variable", { where: `read: ${name}` });
        return [name, download(tensor)];
      }),
    );
  }

  write(values: HostTensors): void {
    checkTensors("write", this.#specs(), values, true);
    for (const [name, value] of Object.entries(values)) {
      this.#state[name]!.dispose();
      this.#state[name] = tf.keep(upload(value));
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

/** Copies, so that the caller may go on using the array. */
function upload({ dtype, shape, data }: HostTensor): Tensor {
  return tf.tensor(data.slice(), shape, dtype);
}

function download(tensor: Tensor): HostTensor {
  const dtype = hostType(tensor);
  const data = tensor.dataSync();
  return { dtype, shape: tensor.shape, data: dtype === "float32" ? Float32Array.from(data) : Int32Array.from(data) };
}
