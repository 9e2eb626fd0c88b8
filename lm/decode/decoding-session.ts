import * as tf from "@tensorflow/tfjs-core";
import type { Tensor, Tensor1D } from "@tensorflow/tfjs-core";
import { compile } from "../../tensor/compile.js";
import type { HostTensors, InputSpec, Program, StepSpec, Tensors } from "../../tensor/program.js";
import type { Architecture } from "../model/architecture.js";
import { cacheNames, mostSlots, slotsFor, TokenCache } from "./cache.js";
import type { Decoding } from "./generate.js";
import { decodingFunctions, decodingLogits, decodingWeights } from "./decoding-weights.js";
import { checkSequenceLength } from "../data/sequence-length.js";
import { hiddenStates, rotationAt } from "../model/transformer.js";

/** Tokens a row of a step that reads many, and of one that reads few. */
const [many, few] = [128, 32];
/** Most tokens that one call chooses. */
const mostAtOnce = 16;

type Step = "readMany" | "readFew" | "decode" | "greedy";

export interface SessionSize {
  rows: number;
  /** Tokens that a row is expected to hold; it may hold more, up to the model's context, at the price of compiling again. */
  tokens: number;
  /** What is kept of an earlier prompt and its answer need not be read again where a prompt begins with it. */
  reuse: boolean;
}

/**
 * Decoding with a cache that is kept natively from call to call and grows with the longest row. Prompts are read in chunks,
 * kernel by kernel; tokens are chosen by a compiled step, the most probable ones several in a call.
 */
export class DecodingSession implements Decoding {
  readonly rows: number;
  readonly slots: number;
  readonly vocabularySize: number;
  readonly mostAtOnce = mostAtOnce;
  #cache: TokenCache;
  #program: Program<Step>;
  /** Tokens whose keys and values are kept. */
  readonly #kept: number[][];
  /** Tokens of each row that have been put into the cache, also those beyond what counts. */
  readonly #written: number[];
  readonly #weights: HostTensors;

  constructor(
    private readonly a: Architecture,
    weights: HostTensors,
    private readonly size: SessionSize,
  ) {
    this.#weights = decodingWeights(a, weights);
    this.rows = size.rows;
    this.slots = a.contextLength;
    this.vocabularySize = a.vocabularySize;
    this.#kept = Array.from({ length: size.rows }, () => []);
    this.#written = this.#kept.map(() => 0);
    this.#cache = new TokenCache(a, size.rows, Math.min(slotsFor(size.tokens), mostSlots(a)));
    this.#program = this.#compile(this.#cache.state());
  }

  /** Tokens that the cache has room for before it grows. */
  get capacity(): number {
    return this.#cache.capacity;
  }

  /**
   * Reads all but the last token of each prompt; `decode` or `greedy` is then given the last.
   * @returns tokens that had to be read
   * @throws PawlError CONTEXT_EXCEEDED, DATA_EMPTY
   */
  prefill(prompts: readonly ArrayLike<number>[]): number {
    prompts.forEach((prompt) => checkSequenceLength(prompt.length, this.slots));
    const wanted = prompts.map((prompt) => Array.from(prompt).slice(0, -1));
    this.#kept.forEach((kept, r) => {
      const common = this.size.reuse ? commonLength(kept, wanted[r] ?? []) : 0;
      kept.length = this.#cache.holds(common, this.#written[r]!) ? common : 0;
      if (kept.length === 0) this.#written[r] = 0;
    });
    this.#grow(Math.max(...wanted.map(({ length }) => length)));
    const rest = wanted.map((tokens, r) => tokens.slice(this.#kept[r]!.length));
    const longest = Math.max(...rest.map(({ length }) => length));
    for (let start = 0; start < longest;) {
      const [step, length] = longest - start > few ? (["readMany", many] as const) : (["readFew", few] as const);
      this.#read(
        step,
        rest.map((tokens) => tokens.slice(start, start + length)),
        length,
      );
      start += length;
    }
    return rest.reduce((sum, { length }) => sum + length, 0);
  }

  /**
   * One token for each row.
   * @param tokens [rows]
   * @param positions [rows]: index of the token in its row's sequence, at most the number of those before that are kept
   * @returns logits of the next token, [rows · vocabulary]
   * @throws PawlError CONTEXT_EXCEEDED
   */
  decode(tokens: Int32Array, positions: Int32Array): Float32Array {
    const { logits } = this.#program.run("decode", this.#next(tokens, positions, 1));
    this.#keep(tokens, positions, []);
    return logits!.data as Float32Array;
  }

  /**
   * The most probable tokens, one after another, without a return to the host between them. A row goes on past the
   * context, to no avail.
   * @param times how many, at most `mostAtOnce`
   * @returns [times · rows]
   */
  greedy(tokens: Int32Array, positions: Int32Array, times: number): Int32Array {
    const inputs = this.#next(tokens, positions, times);
    const count = { dtype: "int32" as const, shape: [], data: Int32Array.of(times) };
    const { tokens: stack } = this.#program.run("greedy", { ...inputs, times: count });
    const chosen = (stack!.data as Int32Array).subarray(0, times * this.rows);
    this.#keep(tokens, positions, chosen);
    return chosen;
  }

  dispose(): void {
    this.#program.dispose();
  }

  #next(tokens: Int32Array, positions: Int32Array, times: number): HostTensors {
    const last = Math.max(...positions);
    checkSequenceLength(last + 1, this.slots);
    this.#grow(Math.min(last + times, this.slots));
    const shape = [this.rows, 1];
    return {
      tokens: { dtype: "int32", shape, data: tokens },
      positions: { dtype: "int32", shape, data: positions },
    };
  }

  /** @param chosen the tokens that followed, [times · rows]: all but the last were put into the cache */
  #keep(tokens: Int32Array, positions: Int32Array, chosen: ArrayLike<number>): void {
    const { rows, capacity } = this;
    this.#kept.forEach((kept, r) => {
      kept.length = Math.min(kept.length, positions[r]!);
      kept.push(tokens[r]!);
      for (let i = r; i + rows < chosen.length; i += rows) kept.push(chosen[i]!);
      this.#written[r] = Math.max(this.#written[r]!, kept.length);
      kept.length = Math.min(kept.length, capacity);
    });
  }

  #read(step: "readMany" | "readFew", parts: readonly (readonly number[])[], length: number): void {
    const shape = [this.rows, length];
    const tokens = new Int32Array(this.rows * length);
    const positions = new Int32Array(this.rows * length).fill(-1);
    parts.forEach((part, r) => {
      const kept = this.#kept[r]!;
      part.forEach((token, i) => {
        tokens[r * length + i] = token;
        positions[r * length + i] = kept.length + i;
      });
      kept.push(...part);
      this.#written[r] = Math.max(this.#written[r]!, kept.length);
    });
    this.#program.run(step, {
      tokens: { dtype: "int32", shape, data: tokens },
      positions: { dtype: "int32", shape, data: positions },
    });
  }

  #grow(tokens: number): void {
    if (tokens <= this.capacity) return;
    const wanted = Math.max(slotsFor(tokens), 2 * this.#cache.slots);
    const grown = new TokenCache(this.a, this.rows, Math.min(wanted, mostSlots(this.a)));
    const state = grown.grownFrom(this.#cache, this.#program.read(cacheNames(this.a)));
    this.#program.dispose();
    this.#cache = grown;
    this.#program = this.#compile(state);
  }

  #compile(cacheState: HostTensors): Program<Step> {
    return compile({ ...this.#weights, ...cacheState }, sessionSteps(this.a, this.#cache, this.rows));
  }
}

function commonLength(a: readonly number[], b: readonly number[]): number {
  const differs = a.findIndex((token, i) => token !== b[i]);
  return differs < 0 ? a.length : differs;
}

function sessionSteps(a: Architecture, cache: TokenCache, rows: number): Record<Step, StepSpec> {
  return {
    readMany: readStep(a, cache, rows, many),
    readFew: readStep(a, cache, rows, few),
    decode: decodeStep(a, cache, rows),
    greedy: greedyStep(a, cache, rows),
  };
}

const tokenInputs = (rows: number, length: number): Record<"tokens" | "positions", InputSpec> => ({
  tokens: { dtype: "int32", shape: [rows, length] },
  positions: { dtype: "int32", shape: [rows, length] },
});

/** Hidden states of new tokens [rows, length], and what puts their keys and values into the cache. */
function forward(a: Architecture, cache: TokenCache, state: Tensors, inputs: Tensors) {
  const positions = inputs["positions"]!;
  const step = cache.step(state, positions);
  // Nobody sees tokens that are none, or lie beyond the context; their angles must exist all the same.
  const inside = tf.minimum(tf.maximum(positions, tf.scalar(0, "int32")), tf.scalar(a.contextLength - 1, "int32"));
  const hidden = hiddenStates(a, state, inputs["tokens"]!, rotationAt(a, inside), step.attention, decodingFunctions);
  return { hidden, updates: step.updates() };
}

/** Not compiled: it would take seconds for each size of cache and save little, since a chunk's products are large. */
function readStep(a: Architecture, cache: TokenCache, rows: number, length: number): StepSpec {
  return {
    fuse: false,
    inputs: tokenInputs(rows, length),
    run: (state, inputs) => {
      const { hidden, updates } = forward(a, cache, state, inputs);
      return { updates, outputs: { done: tf.sum(hidden) } };
    },
  };
}

function decodeStep(a: Architecture, cache: TokenCache, rows: number): StepSpec {
  return {
    inputs: tokenInputs(rows, 1),
    run: (state, inputs) => {
      const { hidden, updates } = forward(a, cache, state, inputs);
      return { updates, outputs: { logits: decodingLogits(state, hidden) } };
    },
  };
}

function greedyStep(a: Architecture, cache: TokenCache, rows: number): StepSpec {
  return {
    repeat: { most: mostAtOnce, carried: ["tokens", "positions"] },
    inputs: tokenInputs(rows, 1),
    run: (state, inputs) => {
      const { hidden, updates } = forward(a, cache, state, inputs);
      const best: Tensor = tf.cast(tf.argMax<Tensor1D>(decodingLogits(state, hidden), 1), "int32");
      const positions = tf.add(inputs["positions"]!, tf.scalar(1, "int32"));
      return { updates, outputs: { tokens: tf.reshape(best, [rows, 1]), positions } };
    },
  };
}
