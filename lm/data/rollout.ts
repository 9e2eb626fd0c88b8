import { PawlError } from "../../platform/errors.js";
import type { HostTensors, InputSpec } from "../../tensor/program.js";

/**
 * Rows of prompt and response for reinforcement learning. A row has `prompt` positions and after
 * them `response` positions; the prompt ends at the last prompt position and the response begins at
 * the first response position, so that the predictions of all responses are one slice. Unused
 * positions hold padding, which no token sees; positions count from the first real token.
 */
export interface RolloutShape {
  rows: number;
  /** Positions of the prompt. */
  prompt: number;
  /** Positions of the response. */
  response: number;
  /**
   * Maximum number of different prompts among the rows. If it is given, rows with the same prompt
   * compute its tokens once.
   */
  prompts?: number;
  /**
   * Layers are recomputed in the backward pass; absent: if rows are long (recomputed-layers.ts).
   */
  recompute?: boolean | undefined;
}

/** One prompt and the model's response. */
export interface Rollout {
  prompt: readonly number[];
  /** With the token that ended it, if one did. */
  response: readonly number[];
  /** An end token was sampled; otherwise the response was cut at the maximum length. */
  ended: boolean;
}

/** Values of responses' tokens: one array per response, one number per token. */
export type TokenValues = Float32Array[];

/** Shapes of the inputs that {@link rolloutInputs} makes. */
export function rolloutSpecs({ rows, prompt, response, prompts }: RolloutShape): Record<string, InputSpec> {
  const integers = (...shape: number[]): InputSpec => ({ dtype: "int32", shape });
  const grid = integers(rows, prompt + response);
  const grids = { tokens: grid, segments: grid, positions: grid };
  return prompts === undefined ? grids : { ...grids, promptRows: integers(prompts), rowPrompts: integers(rows) };
}

/**
 * Rollouts as a step's inputs: tokens, segments (1: real, 0: padding) and positions, each [rows,
 * prompt + response] int32. Rows beyond the rollouts are padding. If the shape sets how many
 * prompts differ, also `promptRows` [prompts] int32, a row that has each prompt, and `rowPrompts`
 * [rows] int32, the prompt of each row.
 * @throws PawlError INTERNAL if rollouts do not fit: callers leave out, and count, those that are
 *   too long
 */
export function rolloutInputs(shape: RolloutShape, rollouts: readonly Rollout[]): HostTensors {
  checkFit(shape, rollouts);
  const grids = rolloutGrids(shape, rollouts);
  return shape.prompts === undefined ? grids : { ...grids, ...sharedPrompts(shape.rows, shape.prompts, rollouts) };
}

function rolloutGrids(shape: RolloutShape, rollouts: readonly Rollout[]): HostTensors {
  const length = shape.prompt + shape.response;
  const size = shape.rows * length;
  const [tokens, segments, positions] = [new Int32Array(size), new Int32Array(size), new Int32Array(size)];
  rollouts.forEach(({ prompt, response }, r) => {
    const begin = r * length + shape.prompt - prompt.length;
    [...prompt, ...response].forEach((token, i) => {
      tokens[begin + i] = token;
      segments[begin + i] = 1;
      positions[begin + i] = i;
    });
  });
  const shaped = (data: Int32Array) => ({ dtype: "int32" as const, shape: [shape.rows, length], data });
  return { tokens: shaped(tokens), segments: shaped(segments), positions: shaped(positions) };
}

function sharedPrompts(rows: number, prompts: number, rollouts: readonly Rollout[]): HostTensors {
  const [promptRows, rowPrompts] = [new Int32Array(prompts), new Int32Array(rows)];
  const numbers = new Map<string, number>();
  rollouts.forEach(({ prompt }, row) => {
    const key = prompt.join(" ");
    const number = numbers.get(key) ?? numbers.size;
    if (!numbers.has(key)) promptRows[number] = row;
    numbers.set(key, number);
    rowPrompts[row] = number;
  });
  const list = (data: Int32Array) => ({ dtype: "int32" as const, shape: [data.length], data });
  return { promptRows: list(promptRows), rowPrompts: list(rowPrompts) };
}

function checkFit({ rows, prompt, response, prompts = rows }: RolloutShape, rollouts: readonly Rollout[]): void {
  // A prompt has a last token, from which the response's first is predicted.
  const fits = (rollout: Rollout): boolean =>
    rollout.prompt.length > 0 && rollout.prompt.length <= prompt && rollout.response.length <= response;
  const wrong = rollouts.find((rollout) => !fits(rollout));
  const different = new Set(rollouts.map((rollout) => rollout.prompt.join(" "))).size;
  if (rollouts.length <= rows && different <= prompts && wrong === undefined) return;
  throw new PawlError("INTERNAL", "rollouts do not fit the rows of a step", {
    expected: `at most ${rows} rollouts with ${prompts} prompts of 1 … ${prompt} and responses of at most ${response} tokens`,
    got: wrong
      ? `a prompt of ${wrong.prompt.length} and a response of ${wrong.response.length} tokens`
      : `${rollouts.length} rollouts with ${different} prompts`,
  });
}

/** [rows, response] float32 from a value for each response token; 0 elsewhere. */
export function perToken(
  shape: RolloutShape,
  rollouts: readonly Rollout[],
  value: (rollout: number, token: number) => number,
): Float32Array {
  const data = new Float32Array(shape.rows * shape.response);
  rollouts.forEach(({ response }, r) => {
    for (let t = 0; t < response.length; t++) data[r * shape.response + t] = value(r, t);
  });
  return data;
}

/** The rows of a grid [rows, response], each cut to its response. */
export function perRollout({ response }: RolloutShape, rollouts: readonly Rollout[], grid: Float32Array): TokenValues {
  return rollouts.map((rollout, r) => grid.slice(r * response, r * response + rollout.response.length));
}

/** [rows, response] */
export function floats({ rows, response }: RolloutShape, data: Float32Array) {
  return { dtype: "float32" as const, shape: [rows, response], data };
}
