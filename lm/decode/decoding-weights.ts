import * as tf from "@tensorflow/tfjs-core";
import type { Tensor, Tensor2D } from "@tensorflow/tfjs-core";
import type { HostTensor, HostTensors, Tensors } from "../../tensor/program.js";
import { embeddingName, headName, parameters, type Architecture } from "../model/architecture.js";
import { swigluForward } from "../model/layers.js";
import type { LayerFunctions } from "../model/transformer-layer.js";

/**
 * The weights as a decoding session holds them: matrices as [in, out], which XLA and oneDNN
 * multiply a few rows by in less time than by [out, in]. The head is separate, even if it is the
 * embedding. What sparse attention itself multiplies by (`sparseInputs`) stays [out, in].
 */
export function decodingWeights(a: Architecture, weights: HostTensors): HostTensors {
  const held: HostTensors = {};
  for (const { name, shape, role } of parameters(a)) {
    const keep = shape.length === 1 || name === embeddingName || role === "gate";
    held[name] = keep ? kept(weights[name]!) : transposed(weights[name]!);
  }
  if (a.tieEmbeddings) held[headName] = transposed(weights[embeddingName]!);
  return held;
}

/** Layers over weights in this form. */
export const decodingFunctions: LayerFunctions = {
  linear: (x, weight) => tf.matMul<Tensor2D>(x, weight),
  swiglu: swigluForward,
};

/** Logits over the vocabulary, [rows, vocabulary], of hidden states [rows, hiddenSize]. */
export function decodingLogits(held: Tensors, hidden: Tensor): Tensor2D {
  return tf.matMul<Tensor2D>(hidden, held[headName]!);
}

/** Values that stay valid when their source is disposed of. */
function kept({ dtype, shape, data }: HostTensor): HostTensor {
  return { dtype, shape, data };
}

function transposed({ shape, data }: HostTensor): HostTensor {
  const turned = tf.tidy(() => tf.transpose(tf.tensor(data, shape, "float32")));
  // Not inside tidy, which would look at each number of what it returns.
  const values = turned.dataSync<"float32">();
  turned.dispose();
  return { dtype: "float32", shape: shape.toReversed(), data: values };
}
