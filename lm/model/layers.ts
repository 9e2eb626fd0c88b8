import * as tf from "@tensorflow/tfjs-core";
import type { Tensor, Tensor2D } from "@tensorflow/tfjs-core";
import { withGradient } from "../../tensor/with-gradient.js";

/**
 * y = x · weightᵀ for a linear layer's weight held as [out, in]. Two-dimensional, because the
 * gradient of a matMul of [B,T,C] and [C,D] throws in tfjs (tfjs#8721).
 * @param x [rows, in]
 */
export function linear(x: Tensor, weight: Tensor): Tensor2D {
  return tf.matMul<Tensor2D>(x, weight, false, true);
}

/**
 * RMSNorm over the last axis (Zhang & Sennrich 2019): x / sqrt(mean(x²) + epsilon) · gain, with its
 * gradient by hand: dx = r·(dy·gain) − x·r³/hiddenSize · Σ(dy·gain·x), dgain = Σ dy·x·r.
 * @param x [..., hiddenSize]
 * @param gain [hiddenSize]
 */
export function rmsNorm(x: Tensor, gain: Tensor, epsilon: number): Tensor {
  const hiddenSize = gain.shape[0];
  return withGradient(
    { x, gain },
    ({ x, gain }) => {
      const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(x), -1, true), epsilon));
      return { value: tf.mul(tf.mul(x, inverse), gain), saved: { x, gain, inverse } };
    },
    (dy, { x, gain, inverse }) => {
      const normed = tf.mul(x, inverse);
      const scaled = tf.mul(dy, gain);
      const projection = tf.div(tf.sum(tf.mul(scaled, normed), -1, true), hiddenSize);
      const dx = tf.mul(tf.sub(scaled, tf.mul(normed, projection)), inverse);
      const leading = dy.shape.slice(0, -1).map((_, axis) => axis);
      return { x: dx, gain: tf.sum(tf.mul(dy, normed), leading) };
    },
  );
}

/** Cosines and sines of RoPE's angles for some positions. */
export interface Rotation {
  /** [..., 1, headDim]: the angles twice, one half after the other. */
  cos: Tensor;
  sin: Tensor;
}

/**
 * Rotates pairs (i, i + headDim/2) of each head: x·cos + rotateHalf(x)·sin. The gradient is the
 * rotation back.
 * @param x [..., heads, headDim]
 */
export function rotate(x: Tensor, { cos, sin }: Rotation): Tensor {
  return withGradient(
    { x },
    ({ x }) => ({ value: tf.add(tf.mul(x, cos), tf.mul(rotateHalf(x), sin)), saved: { cos, sin } }),
    (dy, { cos, sin }) => ({ x: tf.sub(tf.mul(dy, cos), tf.mul(rotateHalf(dy), sin)) }),
  );
}

/** (a, b) → (−b, a) on the halves of the last axis. */
function rotateHalf(x: Tensor): Tensor {
  const [a, b] = tf.split(x, 2, -1) as [Tensor, Tensor];
  return tf.concat([tf.neg(b), a], -1);
}

/** The gated activation of SwiGLU (Shazeer 2020): silu(gate) · up. */
export function swiglu(gate: Tensor, up: Tensor): Tensor {
  return withGradient(
    { gate, up },
    (inputs) => ({ value: tf.mul(tf.mul(inputs.gate, tf.sigmoid(inputs.gate)), inputs.up), saved: inputs }),
    (dy, { gate, up }) => {
      const open = tf.sigmoid(gate);
      const silu = tf.mul(gate, open);
      // silu'(g) = σ(g) + silu(g)·(1 − σ(g))
      const slope = tf.add(open, tf.mul(silu, tf.sub(1, open)));
      return { gate: tf.mul(tf.mul(dy, up), slope), up: tf.mul(dy, silu) };
    },
  );
}

/**
 * The same without a gradient. The order of its products keeps TensorFlow from replacing gate ·
 * sigmoid(gate) by one oneDNN kernel, which would split the code that XLA compiles into one piece
 * per layer.
 */
export function swigluForward(gate: Tensor, up: Tensor): Tensor {
  return tf.mul(tf.mul(gate, up), tf.sigmoid(gate));
}
