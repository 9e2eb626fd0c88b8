import * as tf from "@tensorflow/tfjs-core";
import type { Rank, Tensor, Tensor1D, Tensor2D } from "@tensorflow/tfjs-core";
import { PawlError } from "../../platform/errors.js";
import { zeros } from "../../tensor/host-tensor.js";
import type { HostTensors, Program, StepSpec, Tensors } from "../../tensor/program.js";
import { RandomStream } from "../../platform/random.js";
import type { Architecture } from "../model/architecture.js";
import type { Attention } from "../model/attention/attention.js";
import { masked } from "../model/attention/dense.js";
import { packedAttention } from "../model/attention/packed.js";
import { unseen } from "../model/attention/seen.js";
import { rolloutInputs, rolloutSpecs, type Rollout, type RolloutShape } from "../data/rollout.js";
import { hiddenStates, logitsOf, rotationAt } from "../model/transformer.js";

/**
 * Sampling for reinforcement learning: a whole batch of responses from the full softmax at a temperature, drawn inside
 * the compiled step. Its steps share the weights with those that train them: they are added to the trainer's program.
 * Several tokens are decoded in one step, which reads the cache of keys and values as it was and adds to it once at the end.
 */

/** Tokens of one decoding step. */
const chunk = 8;

export type SamplerStep = "prefill" | "decode";

export interface SamplingShape extends RolloutShape {
  /** So many rows that follow each other answer one prompt, which is read once for them; a divisor of `rows`. */
  perPrompt: number;
}

/** Slots of the cache: what the last decoding step of the longest prompt and response reads; one chunk at the least. */
function cacheSlots({ prompt, response }: RolloutShape): number {
  const steps = Math.ceil((response - 1) / chunk);
  return prompt + Math.max(1, steps - 1) * chunk;
}

const cacheName = (kind: "keys" | "values", layer: number): string => `sampler.${kind}/${layer}`;

/**
 * The cache, as variables to add to a program's state: of each layer keys [rows, keyValueHeads, headDim, slots] and values
 * [rows, keyValueHeads, slots, headDim]. The newest token stands in the last slot: what a step adds pushes the rest on.
 */
export function samplerState(a: Architecture, shape: RolloutShape): HostTensors {
  const { rows } = shape;
  const slots = cacheSlots(shape);
  const state: HostTensors = {};
  for (let layer = 0; layer < a.layers; layer++) {
    state[cacheName("keys", layer)] = zeros([rows, a.keyValueHeads, a.headDim, slots]);
    state[cacheName("values", layer)] = zeros([rows, a.keyValueHeads, slots, a.headDim]);
  }
  return state;
}

/** The steps that {@link sampleRollouts} runs. */
export function samplerSteps(
  a: Architecture,
  shape: SamplingShape,
  temperature: number,
): Record<SamplerStep, StepSpec> {
  return { prefill: prefillStep(a, shape, temperature), decode: decodeStep(a, shape, temperature) };
}

/** Reads the prompts and draws the first token of each response. */
function prefillStep(a: Architecture, shape: SamplingShape, temperature: number): StepSpec {
  const { rows, prompt, perPrompt } = shape;
  const free = cacheSlots(shape) - prompt;
  const read = rows / perPrompt;
  return {
    inputs: {
      ...rolloutSpecs({ rows: read, prompt, response: 0 }),
      uniforms: { dtype: "float32", shape: [rows] },
    },
    run: (state, inputs) => {
      const attend = packedAttention(a, state, inputs["segments"]!, inputs["positions"]!);
      const written: Tensors = {};
      const reader = Int32Array.from({ length: rows }, (_, r) => Math.floor(r / perPrompt));
      const forRows = <T extends Tensor>(values: T): T => tf.gather<T>(values, tf.tensor1d(reader, "int32"));
      const attention: Attention = (q, k, v, layer, normed) => {
        const noKeys = tf.zeros([read, a.keyValueHeads, a.headDim, free]);
        const noValues = tf.zeros([read, a.keyValueHeads, free, a.headDim]);
        written[cacheName("keys", layer)] = forRows(tf.concat([noKeys, tf.transpose(k, [0, 2, 3, 1])], 3));
        written[cacheName("values", layer)] = forRows(tf.concat([noValues, tf.transpose(v, [0, 2, 1, 3])], 2));
        return attend(q, k, v, layer, normed);
      };
      const hidden = hiddenStates(a, state, inputs["tokens"]!, rotationAt(a, inputs["positions"]!), attention);
      const last = tf.slice(
        tf.reshape(hidden, [read, prompt, a.hiddenSize]),
        [0, prompt - 1, 0],
        [read, 1, a.hiddenSize],
      );
      const logits = forRows(logitsOf(a, state, tf.reshape(last, [read, a.hiddenSize])));
      return { state: written, outputs: { tokens: drawTokens(logits, inputs["uniforms"] as Tensor1D, temperature) } };
    },
  };
}

/** From the last token of each row, draws the next `chunk` tokens. */
function decodeStep(a: Architecture, shape: RolloutShape, temperature: number): StepSpec {
  const { rows } = shape;
  const slots = cacheSlots(shape);
  return {
    // Eight tokens make a graph that takes a minute to compile and then saves a third of the time.
    fuse: false,
    inputs: {
      last: { dtype: "int32", shape: [rows] },
      positions: { dtype: "int32", shape: [rows, chunk] },
      filled: { dtype: "int32", shape: [rows] },
      uniforms: { dtype: "float32", shape: [rows, chunk] },
    },
    run: (state, inputs) => {
      const fresh = new FreshCache(a, state, freshMasks(a, inputs["filled"]!, slots));
      // What a step draws after the longest response is thrown away; its positions may lie beyond the context.
      const positions = tf.minimum(inputs["positions"]!, tf.scalar(a.contextLength - 1, "int32"));
      const at = (values: Tensor, t: number): Tensor => tf.slice(values, [0, t], [rows, 1]);
      const drawn: Tensor1D[] = [];
      for (let t = 0; t < chunk; t++) {
        const token = tf.reshape(drawn[t - 1] ?? inputs["last"]!, [rows, 1]);
        const rotation = rotationAt(a, at(positions, t));
        const hidden = hiddenStates(a, state, token, rotation, fresh.attention);
        const uniforms = tf.reshape<Rank.R1>(at(inputs["uniforms"]!, t), [rows]);
        drawn.push(drawTokens(logitsOf(a, state, hidden), uniforms, temperature));
      }
      return { state: fresh.written(), outputs: { tokens: tf.stack(drawn, 1) } };
    },
  };
}

/** Additive masks for one token a row: of the cache [rows, 1, 1, slots] and, where some are unseen, of the step's own tokens. */
type Masks = (fresh: number) => { old: Tensor; fresh?: Tensor };

/** @param filled [rows]: slots in use; the step's first token has this position */
function freshMasks(a: Architecture, filled: Tensor, slots: number): Masks {
  const rows = filled.shape[0];
  const age = tf.range(slots, 0, -1, "int32");
  const first = tf.reshape(filled, [rows, 1]);
  const empty = tf.greater(age, first);
  const additive = (hidden: Tensor): Tensor =>
    tf.reshape(tf.mul(tf.cast(hidden, "float32"), masked), [rows, 1, 1, hidden.shape[1]!]);
  const { attention } = a;
  if (attention.kind === "sparse") throw noSparseSampling();
  if (attention.kind === "dense") {
    const old = additive(empty);
    return () => ({ old });
  }
  return (fresh) => {
    const query = tf.add(first, tf.scalar(fresh - 1, "int32"));
    const own = tf.add(first, tf.range(0, fresh, 1, "int32"));
    const old = tf.logicalOr(empty, unseen(attention, tf.sub(first, age), query));
    return { old: additive(old), fresh: additive(unseen(attention, own, query)) };
  };
}

function noSparseSampling(): PawlError {
  return new PawlError("MODEL_INVALID", "reinforcement learning cannot sample from a model with sparse attention", {
    where: "with.model",
    expected: "attention: dense or local",
    got: "attention: sparse",
    next: "fine-tune the model before extend-context makes it sparse",
  });
}

/** Keys and values of the tokens of one step, beside those that the cache holds from before. */
class FreshCache {
  readonly #layers = new Map<string, Tensor>();

  constructor(
    private readonly a: Architecture,
    private readonly state: Tensors,
    private readonly masks: Masks,
  ) {}

  readonly attention: Attention = (q, k, v, layer) => {
    const keys = this.#append("keys", layer, k);
    const values = this.#append("values", layer, v);
    return this.#attend(q, { keys: this.#old("keys", layer), values: this.#old("values", layer) }, { keys, values });
  };

  /** The cache with this step's tokens in its last slots; the oldest are gone. */
  written(): Tensors {
    const push = (name: string, fresh: Tensor, axis: number): Tensor => {
      const old = this.state[name]!;
      const begin = old.shape.map((_, i) => (i === axis ? chunk : 0));
      return tf.concat([tf.slice(old, begin), fresh], axis);
    };
    const written: Tensors = {};
    for (let layer = 0; layer < this.a.layers; layer++) {
      const [keys, values] = [cacheName("keys", layer), cacheName("values", layer)];
      written[keys] = push(keys, tf.transpose(this.#layers.get(keys)!, [0, 1, 3, 2]), 3);
      written[values] = push(values, this.#layers.get(values)!, 2);
    }
    return written;
  }

  #old(kind: "keys" | "values", layer: number): Tensor {
    return this.state[cacheName(kind, layer)]!;
  }

  /** @param fresh [rows, 1, keyValueHeads, headDim]; gives [rows, keyValueHeads, tokens so far, headDim] */
  #append(kind: "keys" | "values", layer: number, fresh: Tensor): Tensor {
    const name = cacheName(kind, layer);
    const [rows, , heads, width] = fresh.shape as [number, number, number, number];
    const one = tf.reshape(fresh, [rows, heads, 1, width]);
    const before = this.#layers.get(name);
    const all = before === undefined ? one : tf.concat([before, one], 2);
    this.#layers.set(name, all);
    return all;
  }

  /** Attention of one token a row to the cache and to this step's tokens, as if they stood in one list. */
  #attend(q: Tensor, old: { keys: Tensor; values: Tensor }, fresh: { keys: Tensor; values: Tensor }): Tensor {
    const { heads, keyValueHeads, headDim } = this.a;
    const rows = q.shape[0];
    const group = heads / keyValueHeads;
    const queries = tf.reshape(tf.mul(q, 1 / Math.sqrt(headDim)), [rows, keyValueHeads, group, headDim]);
    const masks = this.masks(fresh.keys.shape[2]!);
    const oldScores = tf.add(tf.matMul(queries, old.keys), masks.old);
    const freshScores = tf.matMul(queries, fresh.keys, false, true);
    const scores = tf.concat([oldScores, masks.fresh ? tf.add(freshScores, masks.fresh) : freshScores], -1);
    const sizes = [old.keys.shape[3]!, fresh.keys.shape[2]!];
    const [toOld, toFresh] = tf.split(tf.softmax(scores), sizes, -1) as [Tensor, Tensor];
    const attended = tf.add(tf.matMul(toOld, old.values), tf.matMul(toFresh, fresh.values));
    return tf.reshape(attended, [rows, 1, heads, headDim]);
  }
}

/**
 * One token a row from softmax(logits / temperature), by inverse transform: the first whose cumulative probability exceeds
 * the uniform number; temperature 0: the most probable. The sum runs over blocks, as many as each has columns, and then
 * inside the block.
 * @param logits [rows, vocabulary]
 * @param uniforms [rows], in [0, 1)
 * @returns [rows] int32
 */
export function drawTokens(logits: Tensor2D, uniforms: Tensor1D, temperature: number): Tensor1D {
  if (temperature === 0) return tf.cast<Tensor1D>(tf.argMax<Tensor1D>(logits, 1), "int32");
  const [rows, vocabulary] = logits.shape;
  const blockSize = Math.ceil(Math.sqrt(vocabulary));
  const blocks = Math.ceil(vocabulary / blockSize);
  const scaled = tf.mul(tf.sub(logits, tf.max(logits, 1, true)), 1 / temperature);
  const weights = tf.pad(tf.exp(scaled), [
    [0, 0],
    [0, blocks * blockSize - vocabulary],
  ]);
  const table = tf.reshape(weights, [rows, blocks, blockSize]);
  const blockWeights = tf.sum<Tensor2D>(table, 2);
  const overBlocks = cumulate(blockWeights);
  const total = tf.reshape(tf.slice(overBlocks, [0, blocks - 1], [rows, 1]), [rows]);
  const threshold = tf.mul(uniforms, total);
  const block = firstAbove(blockWeights, overBlocks, threshold);
  const before = tf.concat([tf.zeros([rows, 1]), overBlocks], 1);
  const rest = tf.sub(threshold, pick(before, block));
  const inside = pick(table, block) as Tensor2D;
  const column = firstAbove(inside, cumulate(inside), rest);
  return tf.add(tf.mul(block, tf.scalar(blockSize, "int32")), column);
}

/** Running sums along a row, as a product with a triangle of ones: [rows, n] -> [rows, n]. */
function cumulate(values: Tensor2D): Tensor2D {
  const n = values.shape[1];
  const triangle = tf.tensor2d(
    Float32Array.from({ length: n * n }, (_, i) => (Math.floor(i / n) <= i % n ? 1 : 0)),
    [n, n],
  );
  return tf.matMul(values, triangle);
}

/**
 * In each row the index of the first weight at which the running sum exceeds the row's threshold, or of the last weight
 * where none does; never that of a weight of 0. Sums are rounded, each in its own way, so that they need not rise.
 * @param weights, sums [rows, n]; @param thresholds [rows]
 * @returns [rows] int32
 */
function firstAbove(weights: Tensor2D, sums: Tensor2D, thresholds: Tensor): Tensor1D {
  const [rows, n] = weights.shape;
  const possible = tf.greater(weights, 0);
  const above = tf.logicalAnd(possible, tf.greater(sums, tf.reshape(thresholds, [rows, 1])));
  // The candidates in their order: those above from the first on, the other possible ones from the last on.
  const [first, last] = [tf.range(0, n), tf.range(2 * n - 1, n - 1, -1)];
  const order: Tensor = tf.where(above, first, tf.where<Tensor>(possible, last, tf.scalar(2 * n)));
  const best = tf.min<Tensor1D>(order, 1);
  const index = tf.minimum<Tensor1D>(best, tf.sub(2 * n - 1, best));
  return tf.cast(tf.relu(index), "int32");
}

/** From each row of values [rows, n, …] the one at its index: [rows, …]. Not gather's batch dimension: WebAssembly has none. */
function pick(values: Tensor, index: Tensor1D): Tensor {
  const [rows, n] = values.shape as [number, number];
  const flat = tf.reshape(values, [rows * n, ...values.shape.slice(2)]);
  return tf.gather(flat, tf.add<Tensor1D>(tf.range(0, rows * n, n, "int32"), index));
}

/** What a batch of responses is drawn with. */
export interface SamplingPlan {
  shape: SamplingShape;
  /** Tokens that end a response. */
  stop: readonly number[];
  seed: number;
  /** Names the random numbers of one row: responses depend on this name, not on the batch they are in. */
  streams: readonly string[];
}

/**
 * A response to each prompt.
 * @param program a program with {@link samplerState} and {@link samplerSteps} of the same shape
 * @param prompts at most shape.rows, each 1 … shape.prompt tokens, and each as often in a row as the shape says
 * @param between awaited between steps: a place to give way and to stop (by throwing)
 */
export async function sampleRollouts(
  program: Program<SamplerStep>,
  prompts: readonly (readonly number[])[],
  plan: SamplingPlan,
  between: () => Promise<void>,
): Promise<Rollout[]> {
  const { shape, stop, seed, streams } = plan;
  const random = streams.map((name) => new RandomStream(seed, name));
  const batch = new Sampling(program, prompts, shape, random);
  const rows = prompts.map((prompt) => ({ prompt, response: [] as number[], ended: false }));
  const take = (tokens: Int32Array, width: number): void =>
    rows.forEach((row, r) => {
      for (let t = 0; t < width && !row.ended && row.response.length < shape.response; t++) {
        row.response.push(tokens[r * width + t]!);
        row.ended = stop.includes(tokens[r * width + t]!);
      }
    });
  take(batch.prefill(), 1);
  while (rows.some((row) => !row.ended && row.response.length < shape.response)) {
    await between();
    take(batch.decode(), chunk);
  }
  return rows;
}

/** One batch under way: the inputs of its steps. */
class Sampling {
  /** Response tokens drawn so far. */
  #drawn = 0;
  #last = new Int32Array(0);

  constructor(
    private readonly program: Program<SamplerStep>,
    private readonly prompts: readonly (readonly number[])[],
    private readonly shape: SamplingShape,
    private readonly random: readonly RandomStream[],
  ) {}

  prefill(): Int32Array {
    const { rows, prompt, perPrompt } = this.shape;
    const read = this.prompts.filter((_, r) => r % perPrompt === 0);
    const rollouts = read.map((prompt) => ({ prompt, response: [], ended: false }));
    const outputs = this.program.run("prefill", {
      ...rolloutInputs({ rows: rows / perPrompt, prompt, response: 0 }, rollouts),
      uniforms: { dtype: "float32", shape: [rows], data: this.#uniforms(1) },
    });
    return this.#took(outputs["tokens"]!.data as Int32Array, 1);
  }

  decode(): Int32Array {
    const { rows } = this.shape;
    // Of each row the prompt and all that was drawn but the last token, which the step reads first.
    const filled = Int32Array.from({ length: rows }, (_, r) => (this.prompts[r]?.length ?? 1) + this.#drawn - 1);
    const positions = Int32Array.from({ length: rows * chunk }, (_, i) => filled[Math.floor(i / chunk)]! + (i % chunk));
    const outputs = this.program.run("decode", {
      last: { dtype: "int32", shape: [rows], data: this.#last },
      positions: { dtype: "int32", shape: [rows, chunk], data: positions },
      filled: { dtype: "int32", shape: [rows], data: filled },
      uniforms: { dtype: "float32", shape: [rows, chunk], data: this.#uniforms(chunk) },
    });
    return this.#took(outputs["tokens"]!.data as Int32Array, chunk);
  }

  #took(tokens: Int32Array, width: number): Int32Array {
    this.#drawn += width;
    this.#last = Int32Array.from({ length: this.shape.rows }, (_, r) => tokens[(r + 1) * width - 1]!);
    return tokens;
  }

  /** 23 bits each, so that a number times a sum in single precision stays below the sum. */
  #uniforms(width: number): Float32Array {
    return Float32Array.from({ length: this.shape.rows * width }, (_, i) => {
      const stream = this.random[Math.floor(i / width)];
      return stream === undefined ? 0 : Math.floor(stream.uniform(this.#drawn + (i % width)) * 2 ** 23) / 2 ** 23;
    });
  }
}
