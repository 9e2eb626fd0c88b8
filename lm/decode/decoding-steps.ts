import * as tf from "@tensorflow/tfjs-core";
import type { Rank, Tensor, Tensor1D, Tensor2D } from "@tensorflow/tfjs-core";
import type { HostTensors, InputSpec, StepSpec, Tensors, Update } from "../../tensor/program.js";
import type { Architecture } from "../model/architecture.js";
import type { KvCache, Lanes } from "../model/attention/kv-cache.js";
import { hiddenStates, rotationAt } from "../model/transformer.js";
import { chooseTokens } from "./choose-tokens.js";
import { decodingFunctions, decodingLogits } from "./decoding-weights.js";
import type { ReadShape } from "./reading.js";
import { penalizes, type SamplingSettings } from "./sampling.js";

/** The data that the steps of some rows share. */
export interface DecodingLayout {
  a: Architecture;
  cache: KvCache;
  /** The prefix of the names of these rows' variables. */
  name: string;
  rows: number;
  sampling: SamplingSettings;
  /** Maximum number of tokens per row that one call chooses. */
  maxConcurrent: number;
  /** false: kernel by kernel, for sessions that decode too little to justify compilation. */
  compiled: boolean;
}

/**
 * Hidden states of new tokens, [lanes · length, width], and what puts their keys and values into
 * the cache.
 */
export function cachedForward(
  a: Architecture,
  cache: KvCache,
  state: Tensors,
  inputs: { tokens: Tensor; positions: Tensor; lanes?: Lanes },
): { hidden: Tensor; updates: Record<string, Update> } {
  const { tokens, positions } = inputs;
  const step = cache.step(state, inputs);
  // Missing tokens, and those beyond the context, are never seen; their angles must exist
  // nevertheless.
  const inside = tf.minimum(tf.maximum(positions, tf.scalar(0, "int32")), tf.scalar(a.contextLength - 1, "int32"));
  const hidden = hiddenStates(a, state, tokens, rotationAt(a, inside), step.attention, decodingFunctions);
  return { hidden, updates: step.updates() };
}

/**
 * Variables in addition to weights and cache: with a repetition penalty the tokens of each row,
 * [rows, context + 1].
 */
export function historyState({ a, name, rows, sampling }: DecodingLayout): HostTensors {
  if (!penalizes(sampling)) return {};
  const shape = [rows, a.contextLength + 1];
  return { [historyName(name)]: { dtype: "int32", shape, data: new Int32Array(rows * (a.contextLength + 1)) } };
}

const historyName = (name: string): string => `${name}.history`;

/**
 * Puts prompts, or parts of them, into the cache. Never compiled: it would take seconds for each
 * shape and save little.
 */
export function readStep(layout: DecodingLayout, { lanes, length, fan }: ReadShape): StepSpec {
  const integers = (...shape: number[]): InputSpec => ({ dtype: "int32", shape });
  return {
    fuse: false,
    inputs: {
      tokens: integers(lanes, length),
      positions: integers(lanes, length),
      source: integers(lanes),
      targets: integers(lanes, fan),
    },
    run: (state, inputs) => {
      const [tokens, positions] = [inputs["tokens"]!, inputs["positions"]!];
      const of = { source: inputs["source"]!, targets: inputs["targets"]! };
      const { hidden, updates } = cachedForward(layout.a, layout.cache, state, { tokens, positions, lanes: of });
      const written = penalizes(layout.sampling) ? historyUpdate(layout, tokens, positions, of.targets) : {};
      return { updates: { ...updates, ...written }, outputs: { done: tf.sum(hidden) } };
    },
  };
}

/**
 * Chooses the token after each row's last one, and the next after that, up to `maxConcurrent`. A
 * finished row keeps counting, without effect.
 */
export function chooseStep(layout: DecodingLayout): StepSpec {
  const { a, cache, rows, sampling, maxConcurrent, compiled } = layout;
  return {
    ...(!compiled && { fuse: false as const }),
    repeat: { most: maxConcurrent, carried: ["tokens", "positions"], each: ["uniforms"] },
    inputs: {
      tokens: { dtype: "int32", shape: [rows, 1] },
      positions: { dtype: "int32", shape: [rows, 1] },
      uniforms: { dtype: "float32", shape: [rows] },
    },
    run: (state, inputs) => {
      const [tokens, positions] = [inputs["tokens"]!, inputs["positions"]!];
      const { hidden, updates } = cachedForward(a, cache, state, { tokens, positions });
      const logits = decodingLogits(state, hidden);
      const penalized = penalizes(sampling);
      const seen = penalized ? seenTokens(layout, state[historyName(layout.name)]!, tokens, positions) : undefined;
      const chosen = chooseTokens(logits, inputs["uniforms"] as Tensor1D, sampling, seen);
      const rowsInOrder = tf.reshape(tf.range(0, rows, 1, "int32"), [rows, 1]);
      const written = penalized ? historyUpdate(layout, tokens, positions, rowsInOrder) : {};
      return {
        updates: { ...updates, ...written },
        outputs: { tokens: tf.reshape(chosen, [rows, 1]), positions: tf.add(positions, tf.scalar(1, "int32")) },
      };
    },
  };
}

/**
 * Puts tokens at their positions into the rows' histories; the last column takes missing tokens.
 * @param targets [lanes, fan]
 */
function historyUpdate(
  { a, name }: DecodingLayout,
  tokens: Tensor,
  positions: Tensor,
  targets: Tensor,
): Record<string, Update> {
  const [lanes, length] = tokens.shape as [number, number];
  const fan = targets.shape[1]!;
  const shape = [lanes, fan, length];
  const row = tf.broadcastTo(tf.reshape(targets, [lanes, fan, 1]), shape);
  const place = tf.broadcastTo(tf.reshape(positions, [lanes, 1, length]), shape);
  const zero = tf.scalar(0, "int32");
  const none = tf.logicalOr(tf.less(row, zero), tf.less(place, zero));
  const column = tf.where(
    none,
    tf.fill(shape, a.contextLength, "int32"),
    tf.minimum(place, tf.scalar(a.contextLength, "int32")),
  );
  const indices = tf.reshape(tf.stack([tf.maximum(row, zero), column], -1), [-1, 2]);
  const values = tf.reshape<Rank.R1>(tf.broadcastTo(tf.reshape(tokens, [lanes, 1, length]), shape), [-1]);
  return { [historyName(name)]: { indices, values } };
}

/** How often each token has occurred in a row up to and with its newest one: [rows, vocabulary]. */
function seenTokens({ a, rows }: DecodingLayout, past: Tensor, tokens: Tensor, positions: Tensor): Tensor2D {
  const columns = tf.reshape(tf.range(0, a.contextLength + 1, 1, "int32"), [1, a.contextLength + 1]);
  const counts = tf.concat([tf.cast(tf.less(columns, positions), "float32"), tf.ones([rows, 1])], 1);
  const all = tf.concat([past, tokens], 1);
  const row = tf.broadcastTo(tf.reshape(tf.range(0, rows, 1, "int32"), [rows, 1]), all.shape);
  const indices = tf.reshape(tf.stack([row, all], -1), [-1, 2]);
  return tf.scatterND(indices, tf.reshape(counts, [-1]), [rows, a.vocabularySize]);
}
