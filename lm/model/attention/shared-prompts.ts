import * as tf from "@tensorflow/tfjs-core";
import type { Rank, Tensor, Tensor1D } from "@tensorflow/tfjs-core";
import { embedding } from "../../../tensor/ops.js";
import type { Tensors } from "../../../tensor/program.js";
import type { Architecture } from "../architecture.js";
import type { Attention } from "./attention.js";
import { denseAttention, packedMask } from "./dense.js";
import { packedAttention } from "./packed.js";

/**
 * Rows that begin with a prompt which several of them share. Its tokens do not see later tokens, so
 * they are the same in each row: they are computed once, and come first, prompt after prompt; the
 * rows' other tokens follow, row after row.
 */
export interface SharedPrompts {
  /** Tokens at the beginning of a row that are the prompt's. */
  prompt: number;
  /** A row that has each prompt, [prompts] int32. */
  promptRows: Tensor1D;
  /** The prompt of each row, [rows] int32. */
  rowPrompts: Tensor1D;
}

/**
 * Each token once, [1, prompts · prompt + rows · rest], of tokens in rows, [rows, prompt + rest].
 */
export function onceEach(grid: Tensor, { prompt, promptRows }: SharedPrompts): Tensor {
  const [rows, length] = grid.shape as [number, number];
  const [head, rest] = tf.split(grid, [prompt, length - prompt], 1) as [Tensor, Tensor];
  const heads = tf.reshape(tf.gather(head, promptRows), [1, promptRows.size * prompt]);
  return tf.concat([heads, tf.reshape(rest, [1, rows * (length - prompt)])], 1);
}

/**
 * Attention of the model's kind among whole rows, for tokens that are each computed once.
 * @param segments, positions of the rows, [rows, length] int32, length > prompt
 */
export function sharedPromptAttention(
  a: Architecture,
  weights: Tensors,
  segments: Tensor,
  positions: Tensor,
  sharing: SharedPrompts,
): Attention {
  const attention =
    a.attention.kind === "dense"
      ? denseOverPrompts(segments, sharing)
      : overWholeRows(packedAttention(a, weights, segments, positions), segments.shape, sharing);
  return (...args) => tf.tidy(() => attention(...args));
}

/**
 * The prompts' tokens among themselves; the others' queries, which alone differ from row to row,
 * over whole rows of keys.
 */
function denseOverPrompts(segments: Tensor, sharing: SharedPrompts): Attention {
  const [rows, length] = segments.shape as [number, number];
  const { prompt, promptRows } = sharing;
  const rest = length - prompt;
  const ofPrompts = packedMask(tf.gather(tf.slice(segments, [0, 0], [rows, prompt]), promptRows));
  const ofRest = tf.slice(packedMask(segments), [0, 0, prompt, 0], [rows, 1, rest, length]);
  return (q, k, v) => {
    const [queries, keys, values] = [q, k, v].map((x) => parts(x, [rows, rest], sharing)) as [Parts, Parts, Parts];
    return joined({
      prompts: denseAttention(queries.prompts, keys.prompts, values.prompts, ofPrompts),
      rest: denseAttention(queries.rest, wholeRows(keys, sharing), wholeRows(values, sharing), ofRest),
    });
  };
}

/**
 * Everything expanded to whole rows; for the prompts' tokens, the result of one of their rows is
 * used.
 */
function overWholeRows(attention: Attention, [rows, length]: number[], sharing: SharedPrompts): Attention {
  const { prompt, promptRows } = sharing;
  const rest = length! - prompt;
  const toRows = (x: Tensor): Tensor => wholeRows(parts(x, [rows!, rest], sharing), sharing);
  return (q, k, v, layer, normed) => {
    const flat = toRows(tf.expandDims(normed, 0));
    const attended = attention(toRows(q), toRows(k), toRows(v), layer, tf.reshape(flat, [rows! * length!, -1]));
    const [heads, others] = tf.split(attended, [prompt, rest], 1) as [Tensor, Tensor];
    return joined({ prompts: pick(heads, promptRows), rest: others });
  };
}

/**
 * The part of x of each token, once: that of the prompts, [prompts, prompt, …], and that of the
 * rows' other tokens, [rows, rest, …].
 */
interface Parts {
  prompts: Tensor;
  rest: Tensor;
}

/** @param x [1, tokens, …] */
function parts(x: Tensor, [rows, rest]: [number, number], { prompt, promptRows }: SharedPrompts): Parts {
  const prompts = promptRows.size;
  const [heads, others] = tf.split(x, [prompts * prompt, rows * rest], 1) as [Tensor, Tensor];
  const width = x.shape.slice(2);
  return { prompts: tf.reshape(heads, [prompts, prompt, ...width]), rest: tf.reshape(others, [rows, rest, ...width]) };
}

/** [1, tokens, …] */
function joined({ prompts, rest }: Parts): Tensor {
  const line = (x: Tensor): Tensor => tf.reshape(x, [1, x.shape[0] * x.shape[1]!, ...x.shape.slice(2)]);
  return tf.concat([line(prompts), line(rest)], 1);
}

/** [rows, prompt + rest, …] */
function wholeRows({ prompts, rest }: Parts, { rowPrompts }: SharedPrompts): Tensor {
  return tf.concat([pick(prompts, rowPrompts), rest], 1);
}

/** x[i] for each of the numbers, with a gradient that adds up. */
function pick(x: Tensor, numbers: Tensor1D): Tensor {
  const table = tf.reshape<Rank.R2>(x, [x.shape[0], x.size / x.shape[0]]);
  return tf.reshape(embedding(table, numbers), [numbers.size, ...x.shape.slice(1)]);
}
