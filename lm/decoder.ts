import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";
import { compile } from "../tensor/compile.js";
import { zeros } from "../tensor/host-tensor.js";
import type { HostTensors, Program, StepSpec, Tensors } from "../tensor/program.js";
import { parameters, type Architecture } from "./architecture.js";
import type { Attention } from "./attention/attention.js";
import { attendTo, masked } from "./attention/dense.js";
import { unseen } from "./attention/seen.js";
import { hiddenStates, logitsOf, rotationAt } from "./transformer.js";

/** Prompt tokens read in one step. */
const chunk = 32;

/**
 * Decoding with a key-value cache that lives in the program's state: [rows, keyValueHeads, slots, headWidth] a layer. A
 * row's token at position p lies in slot p, so that prompts of unequal length stand side by side, each row with its own
 * positions and no padding before it. What a chunk writes beyond a prompt's end is overwritten before it can be seen:
 * a token sees only slots up to its own position, and writes its own first.
 */
export class Decoder {
  readonly rows: number;
  /** Longest sequence, prompt and answer. */
  readonly slots: number;
  readonly vocabularySize: number;
  readonly #program: Program<"prefill" | "decode">;

  /** @param size.slots is rounded up to whole chunks, but tokens beyond the model's context are never decoded */
  constructor(a: Architecture, weights: HostTensors, size: { rows: number; slots: number }) {
    this.rows = size.rows;
    this.slots = Math.min(size.slots, a.context);
    this.vocabularySize = a.vocabularySize;
    const held = Math.ceil(this.slots / chunk) * chunk;
    this.#program = compile(initialState(a, weights, this.rows, held), {
      prefill: cacheStep(a, this.rows, chunk, held, false),
      decode: cacheStep(a, this.rows, 1, held, true),
    });
  }

  /**
   * Reads all but the last token of each prompt into the cache; `decode` is then given the last.
   * @param prompts at most `rows`, each of 1 … `slots` tokens
   */
  prefill(prompts: readonly ArrayLike<number>[]): void {
    const longest = Math.max(...prompts.map((p) => p.length)) - 1;
    for (let start = 0; start < longest; start += chunk) {
      const tokens = new Int32Array(this.rows * chunk);
      prompts.forEach((prompt, r) => {
        for (let i = 0; i < chunk && start + i < prompt.length; i++) tokens[r * chunk + i] = prompt[start + i]!;
      });
      const positions = Int32Array.from(tokens, (_, i) => start + (i % chunk));
      this.#run("prefill", tokens, positions, chunk);
    }
  }

  /**
   * One token for each row.
   * @param tokens [rows]
   * @param positions [rows]: index of the token in its row's sequence
   * @returns logits of the next token, [rows · vocabulary]
   */
  decode(tokens: Int32Array, positions: Int32Array): Float32Array {
    return this.#run("decode", tokens, positions, 1)["logits"]!.data as Float32Array;
  }

  dispose(): void {
    this.#program.dispose();
  }

  #run(step: "prefill" | "decode", tokens: Int32Array, positions: Int32Array, length: number): HostTensors {
    const shape = [this.rows, length];
    return this.#program.run(step, {
      tokens: { dtype: "int32", shape, data: tokens },
      positions: { dtype: "int32", shape, data: positions },
    });
  }
}

const cacheName = (kind: "keys" | "values", layer: number): string => `cache.${kind}/${layer}`;

function initialState(a: Architecture, weights: HostTensors, rows: number, slots: number): HostTensors {
  const state: HostTensors = Object.fromEntries(parameters(a).map(({ name }) => [name, weights[name]!]));
  const shape = [rows, a.keyValueHeads, slots, a.headWidth];
  for (let layer = 0; layer < a.layers; layer++)
    for (const kind of ["keys", "values"] as const) state[cacheName(kind, layer)] = zeros(shape);
  return state;
}

/** Forward over `length` new tokens a row: puts their keys and values into the cache and attends to all of it. */
function cacheStep(a: Architecture, rows: number, length: number, slots: number, withLogits: boolean): StepSpec {
  const integers = { dtype: "int32" as const, shape: [rows, length] };
  return {
    inputs: { tokens: integers, positions: integers },
    run: (state, inputs) => {
      const positions = inputs["positions"]!;
      const index = tf.range(0, slots, 1, "int32");
      const place = tf.cast(
        tf.equal(tf.reshape(index, [1, 1, slots, 1]), tf.reshape(positions, [rows, 1, 1, length])),
        "float32",
      );
      const kept = tf.sub(1, tf.sum(place, -1, true));
      const slot = tf.reshape(index, [1, 1, 1, slots]);
      const hidden = unseen(a.attention, slot, tf.reshape(positions, [rows, 1, length, 1]));
      const mask = tf.mul(tf.cast(hidden, "float32"), masked);
      const written: Tensors = {};
      const store = (kind: "keys" | "values", layer: number, fresh: Tensor): Tensor => {
        const added = placeInto(place, tf.transpose(fresh, [0, 2, 1, 3]), a.keyValueHeads);
        return (written[cacheName(kind, layer)] = tf.add(tf.mul(state[cacheName(kind, layer)]!, kept), added));
      };
      const attention: Attention = (q, k, v, layer) =>
        attendTo(q, store("keys", layer, k), store("values", layer, v), mask);
      // A chunk may reach beyond the prompt's end and the context; nothing sees those tokens.
      const inside = tf.minimum(positions, tf.scalar(a.context - 1, "int32"));
      const states = hiddenStates(a, state, inputs["tokens"]!, rotationAt(a, inside), attention);
      const outputs = withLogits ? { logits: logitsOf(a, state, states) } : { done: tf.sum(states) };
      return { state: written, outputs };
    },
  };
}

/**
 * Fresh keys or values, each in its slot, zero elsewhere.
 * @param place one-hot [rows, 1, slots, length]
 * @param fresh [rows, keyValueHeads, length, headWidth]
 */
function placeInto(place: Tensor, fresh: Tensor, keyValueHeads: number): Tensor {
  if (fresh.shape[2] === 1) return tf.mul(place, fresh);
  return tf.matMul(tf.tile(place, [1, keyValueHeads, 1, 1]), fresh);
}
