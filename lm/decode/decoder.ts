import * as tf from "@tensorflow/tfjs-core";
import { compile } from "../../tensor/compile.js";
import type { HostTensors, Program, StepSpec } from "../../tensor/program.js";
import { parameters, type Architecture } from "../model/architecture.js";
import { cachedAttention, cacheState, type CacheSize } from "../model/attention/cache.js";
import { checkSequenceLength } from "../data/sequence-length.js";
import { hiddenStates, logitsOf, rotationAt } from "../model/transformer.js";

/** Prompt tokens read in one step. */
const chunk = 32;

/**
 * Decoding with a cache that lives in the program's state (attention/cache.ts). Prompts of unequal length stand side by
 * side, each row with its own positions and no padding before it. What a chunk holds beyond a prompt's end is not stored.
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
    this.slots = Math.min(size.slots, a.contextLength);
    this.vocabularySize = a.vocabularySize;
    const held = Math.ceil(this.slots / chunk) * chunk;
    const cache = { rows: this.rows, slots: held, chunk };
    this.#program = compile(initialState(a, weights, cache), {
      prefill: cacheStep(a, chunk, cache, false),
      decode: cacheStep(a, 1, cache, true),
    });
  }

  /**
   * Reads all but the last token of each prompt into the cache; `decode` is then given the last.
   * @param prompts at most `rows`, each of 1 … `slots` tokens
   * @throws PawlError CONTEXT_EXCEEDED, DATA_EMPTY
   */
  prefill(prompts: readonly ArrayLike<number>[]): void {
    prompts.forEach(({ length }) => checkSequenceLength(length, this.slots));
    const longest = Math.max(...prompts.map((p) => p.length)) - 1;
    for (let start = 0; start < longest; start += chunk) {
      const tokens = new Int32Array(this.rows * chunk);
      const positions = new Int32Array(this.rows * chunk).fill(-1);
      prompts.forEach((prompt, r) => {
        for (let i = 0; i < chunk && start + i < prompt.length; i++) {
          tokens[r * chunk + i] = prompt[start + i]!;
          positions[r * chunk + i] = start + i;
        }
      });
      this.#run("prefill", tokens, positions, chunk);
    }
  }

  /**
   * One token for each row.
   * @param tokens [rows]
   * @param positions [rows]: index of the token in its row's sequence
   * @returns logits of the next token, [rows · vocabulary]
   * @throws PawlError CONTEXT_EXCEEDED
   */
  decode(tokens: Int32Array, positions: Int32Array): Float32Array {
    checkSequenceLength(Math.max(...positions) + 1, this.slots);
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

function initialState(a: Architecture, weights: HostTensors, size: CacheSize): HostTensors {
  const own = Object.fromEntries(parameters(a).map(({ name }) => [name, weights[name]!]));
  return { ...own, ...cacheState(a, size) };
}

/** Forward over `length` new tokens a row: puts what they are into the cache and attends to what it holds. */
function cacheStep(a: Architecture, length: number, size: CacheSize, withLogits: boolean): StepSpec {
  const integers = { dtype: "int32" as const, shape: [size.rows, length] };
  return {
    inputs: { tokens: integers, positions: integers },
    run: (state, inputs) => {
      const positions = inputs["positions"]!;
      const { attention, written } = cachedAttention(a, state, positions, size);
      // A chunk may reach beyond the prompt's end and the context; nothing sees those tokens.
      const inside = tf.minimum(tf.maximum(positions, tf.scalar(0, "int32")), tf.scalar(a.contextLength - 1, "int32"));
      const states = hiddenStates(a, state, inputs["tokens"]!, rotationAt(a, inside), attention);
      const outputs = withLogits ? { logits: logitsOf(a, state, states) } : { done: tf.sum(states) };
      return { state: written, outputs };
    },
  };
}
