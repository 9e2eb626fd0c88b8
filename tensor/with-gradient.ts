import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";

/**
 * `tf.customGrad` over tensors that have names.
 * @param forward computes the value, and what `backward` needs: tensors at any depth of `saved`
 *   live until the backward pass. tfjs disposes of others that the forward pass has created
 * @param backward computes the gradient of each input from that of the value
 */
export function withGradient<I extends Readonly<Record<string, Tensor>>, S, V extends Tensor>(
  inputs: I,
  forward: (inputs: I) => { value: V; saved: S },
  backward: (dy: Tensor, saved: S) => { readonly [N in keyof I]: Tensor },
): V {
  const names = Object.keys(inputs);
  const op = tf.customGrad((...args) => {
    const save = args.at(-1) as unknown as tf.GradSaveFunc;
    const { value, saved } = forward(Object.fromEntries(names.map((name, i) => [name, args[i]])) as unknown as I);
    save(tensorsIn(saved));
    const gradFunc = (dy: Tensor, tensors: Tensor[]): Tensor[] => {
      const gradients = backward(dy, withTensors(saved, tensors.values()));
      return names.map((name) => gradients[name]!);
    };
    return { value, gradFunc };
  });
  return op(...Object.values(inputs));
}

function tensorsIn(value: unknown): Tensor[] {
  if (value instanceof tf.Tensor) return [value as Tensor];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(tensorsIn) : [];
}

/** A copy of a value with other tensors in the places of its own. */
function withTensors<T>(value: T, tensors: Iterator<Tensor>): T {
  if (value instanceof tf.Tensor) return tensors.next().value as T;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item: unknown) => withTensors(item, tensors)) as T;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, withTensors<unknown>(item, tensors)]),
  ) as T;
}
