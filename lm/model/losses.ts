import * as tf from "@tensorflow/tfjs-core";
import type { Scalar, Tensor, Tensor1D, Tensor2D } from "@tensorflow/tfjs-core";
import { splitChunks, chunkRows, type Chunk } from "../../tensor/chunks.js";
import { embedding, linearCrossEntropy, linearCrossEntropyGradients } from "../../tensor/ops.js";
import type { Tensors } from "../../tensor/program.js";
import { gradientsAnew, type Recomputable } from "../../tensor/recompute.js";
import { after } from "../../tensor/trace.js";
import { linear } from "./layers.js";

/**
 * Cross-entropies whose logits never all exist at the same time: the rows are processed in chunks,
 * one after another. A batch of few enough logits is one chunk.
 */

/** Logits of one chunk: 64 MiB. */
export const maxLogits = 2 ** 24;

/**
 * The hidden states of predictions that count.
 * @param states [rows · length, hiddenSize]
 * @param inputs a batch's (batch.ts)
 * @returns [predictions, hiddenSize]; all states if the batch does not name them
 */
export function predictedFrom(states: Tensor, inputs: Tensors): Tensor2D {
  const predicted = inputs["predicted"] as Tensor1D | undefined;
  return predicted ? embedding(states as Tensor2D, predicted) : (states as Tensor2D);
}

/**
 * Σ weight · −log softmax(states · headᵀ)[target], in nats. Several chunks are processed only once:
 * because only a factor can come between this sum and what is differentiated, the gradients are
 * computed with the losses (as Hsu et al. 2024, "Liger Kernel", section 3.2), not from kept or
 * recomputed logits. So it is for training; {@link crossEntropies} measures.
 * @param states [rows, hiddenSize]
 * @param head [vocabulary, hiddenSize]
 * @param targets [rows] int32
 * @param weights [rows]: 0 leaves a row out
 * @param most maximum number of logits that exist at the same time
 */
export function weightedCrossEntropy(
  states: Tensor2D,
  head: Tensor2D,
  targets: Tensor1D,
  weights: Tensor1D,
  most = maxLogits,
): Scalar {
  const chunks = splitChunks(states.shape[0], most / head.shape[0]);
  if (chunks.length === 1) return tf.sum(tf.mul(linearCrossEntropy(states, head, targets), weights));
  const op = tf.customGrad((...args) => {
    const [states, head, save] = args as unknown as [Tensor2D, Tensor2D, tf.GradSaveFunc];
    let [sum, ofHead]: Tensor[] = [tf.scalar(0), tf.zerosLike(head)];
    const ofStates: Tensor[] = [];
    for (const chunk of chunks) {
      const [own, wanted, counted] = [states, targets, weights].map((x) => chunkRows<Tensor>(x, chunk, ofHead));
      const found = tf.tidy(() => {
        const one = linearCrossEntropyGradients(own as Tensor2D, head, wanted as Tensor1D, counted as Tensor1D);
        // Ready once nothing needs this chunk's logits any more.
        const combined = after(one.ofWeight, one.ofHidden);
        return { sum: tf.add(sum!, one.sum), ofHead: tf.add(ofHead!, combined), ofStates: one.ofHidden };
      });
      ({ sum, ofHead } = found);
      ofStates.push(found.ofStates);
    }
    save([tf.concat(ofStates, 0), ofHead!]);
    return { value: sum!, gradFunc: (dy: Tensor, saved: Tensor[]) => saved.map((gradient) => tf.mul(gradient, dy)) };
  });
  return op(states, head) as Scalar;
}

/**
 * −log softmax(states · headᵀ)[target] of each row, in nats. The backward pass recomputes the
 * logits of several chunks.
 * @param states [rows, hiddenSize]
 * @param head [vocabulary, hiddenSize]
 * @param targets [rows] int32
 * @param most maximum number of logits that exist at the same time
 * @returns [rows]
 */
export function crossEntropies(states: Tensor2D, head: Tensor2D, targets: Tensor1D, most = maxLogits): Tensor1D {
  const chunks = splitChunks(states.shape[0], most / head.shape[0]);
  if (chunks.length === 1) return linearCrossEntropy(states, head, targets);
  const op = tf.customGrad((...args) => {
    const [states, head, save] = args as unknown as [Tensor2D, Tensor2D, tf.GradSaveFunc];
    save([states, head, targets]);
    const losses: Tensor[] = [];
    for (const chunk of chunks) {
      const [own, wanted] = [states, targets].map((x) => chunkRows<Tensor>(x, chunk, losses.at(-1)));
      losses.push(tf.tidy(() => recomputableLosses([own!, head], [wanted!])));
    }
    return {
      value: tf.concat(losses),
      gradFunc: (dy: Tensor, saved: Tensor[]) => gradientsOfChunks(saved, dy, chunks),
    };
  });
  return op(states, head) as Tensor1D;
}

/**
 * Hidden states [rows, hiddenSize], and the head [vocabulary, hiddenSize] that computes logits from
 * them.
 */
export interface Predictions {
  states: Tensor2D;
  head: Tensor2D;
}

/**
 * Measures each row's logits, chunk by chunk; there is no gradient.
 * @param models of the same rows
 * @param targets [rows] int32
 * @param measure of the logits of each model, [n, vocabulary], and the targets, [n], several
 *   numbers per row: [n] each
 * @param most maximum number of logits that exist at the same time
 * @returns [rows] for each of the numbers
 */
export function measureLogits(
  models: readonly Predictions[],
  targets: Tensor1D,
  measure: (logits: Tensor2D[], targets: Tensor1D) => Tensor[],
  most = maxLogits,
): Tensor[] {
  const chunks = splitChunks(targets.shape[0], most / models.reduce((sum, { head }) => sum + head.shape[0], 0));
  const made = (parts: readonly Tensor2D[]): Tensor2D[] => parts.map((states, i) => linear(states, models[i]!.head));
  const combined = models.map(({ states }) => states);
  if (chunks.length === 1) return measure(made(combined), targets);
  const found: Tensor[][] = [];
  for (const chunk of chunks) {
    const before = found.at(-1)?.at(-1);
    const part = <T extends Tensor>(x: T): T => chunkRows(x, chunk, before);
    found.push(tf.tidy(() => measure(made(combined.map(part)), part(targets))));
  }
  return found[0]!.map((_, i) => tf.concat(found.map((numbers) => numbers[i]!)));
}

const recomputableLosses: Recomputable = ([states, head], [targets]) =>
  linearCrossEntropy(states as Tensor2D, head as Tensor2D, targets as Tensor1D);

/** The gradients of the states and the head. @param dy of each row's loss */
function gradientsOfChunks([states, head, targets]: Tensor[], dy: Tensor, chunks: Chunk[]): Tensor[] {
  const ofStates: Tensor[] = [];
  let ofHead: Tensor = tf.zerosLike(head!);
  for (const chunk of chunks) {
    const [dStates, dHead] = tf.tidy(() => {
      const [own, wanted, slope] = [states!, targets!, dy].map((x) => chunkRows(x, chunk, ofHead));
      const [dStates, dHead] = gradientsAnew(recomputableLosses, [own!, head!], [wanted!], slope!) as [Tensor, Tensor];
      return [dStates, tf.add(ofHead, after(dHead, dStates))] as [Tensor, Tensor];
    });
    ofStates.push(dStates);
    ofHead = dHead;
  }
  return [tf.concat(ofStates, 0), ofHead];
}
