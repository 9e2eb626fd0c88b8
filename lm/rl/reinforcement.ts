import { append } from "../../platform/lists.js";
import { RandomStream } from "../../platform/random.js";
import type { HostTensor, HostTensors } from "../../tensor/program.js";
import type { Rollout, TokenValues } from "../data/rollout.js";

/**
 * Responses of one iteration and their values. All numbers are of single precision, so that a
 * checkpoint, which holds float32, restores them exactly.
 */
export interface Experience {
  /** Index of each response's prompt. */
  prompts: number[];
  rollouts: Rollout[];
  rewards: number[];
  /** Values of every response's tokens by name: log-probabilities, values, advantages … */
  tokens: Record<string, TokenValues>;
}

/**
 * Learning from the model's own responses: PPO, GRPO. Its whole state can be saved between any two
 * calls.
 */
export interface Algorithm {
  readonly iterations: number;
  /** Optimizer steps of one iteration. */
  readonly updates: number;
  /** Adds responses to the iteration's; true when there are enough. */
  collect(experience: Experience, between: () => Promise<void>): Promise<boolean>;
  /** Computes, from the weights before the first optimizer step, the inputs of the steps. */
  prepare(experience: Experience, between: () => Promise<void>): Promise<void>;
  /** Optimizer step `index` of the iteration; returns its metrics. */
  update(iteration: number, index: number, experience: Experience): Record<string, number>;
  /** Ends the iteration; returns its metrics. */
  finish(experience: Experience): Record<string, number>;
  /** Weights and moments. */
  state(): HostTensors;
  restore(state: HostTensors): void;
  /** Further numbers to be kept: position in the data, coefficients, counts. */
  readonly counters: Record<string, number>;
  dispose(): void;
}

export function emptyExperience(): Experience {
  return { prompts: [], rollouts: [], rewards: [], tokens: {} };
}

/** An experience as tensors. */
export function packExperience({ prompts, rollouts, rewards, tokens }: Experience): HostTensors {
  if (rollouts.length === 0) return {};
  const lengths = rollouts.map(({ response }) => response.length);
  const packed: HostTensors = {
    "experience/prompts": integers(prompts),
    "experience/lengths": integers(lengths),
    "experience/ended": integers(rollouts.map(({ ended }) => Number(ended))),
    "experience/responses": integers(rollouts.flatMap(({ response }) => response)),
    "experience/rewards": floats(rewards),
  };
  for (const [name, lists] of Object.entries(tokens))
    packed[`${tokenPrefix}${name}`] = floats(lists.flatMap((list) => Array.from(list)));
  return packed;
}

/** The experience that was packed. @param prompts token ids of every prompt */
export function unpackExperience(packed: HostTensors, prompts: readonly (readonly number[])[]): Experience {
  if (packed["experience/prompts"] === undefined) return emptyExperience();
  const numbers = (name: string): number[] => Array.from(packed[`experience/${name}`]!.data);
  const lengths = numbers("lengths");
  const cut = <A extends { slice(from: number, to: number): A }>(all: A): A[] => {
    let end = 0;
    return lengths.map((length) => all.slice(end, (end += length)));
  };
  const ended = numbers("ended");
  const indices = numbers("prompts");
  const responses = cut(numbers("responses"));
  const tokens = Object.entries(packed)
    .filter(([name]) => name.startsWith(tokenPrefix))
    .map(([name, { data }]) => [name.slice(tokenPrefix.length), cut(data as Float32Array)] as const);
  return {
    prompts: indices,
    rollouts: responses.map((response, i) => ({ prompt: prompts[indices[i]!]!, response, ended: ended[i] === 1 })),
    rewards: numbers("rewards"),
    tokens: Object.fromEntries(tokens),
  };
}

const tokenPrefix = "experience/token/";

function integers(values: readonly number[]): HostTensor {
  return { dtype: "int32", shape: [values.length], data: Int32Array.from(values) };
}

function floats(values: readonly number[]): HostTensor {
  return { dtype: "float32", shape: [values.length], data: Float32Array.from(values) };
}

/**
 * Maximum number of batches of responses that one call of `collect` writes: a row whose response
 * has ended takes the next prompt of the same call. A checkpoint holds all responses of a call or
 * none.
 */
export const batchesAtOnce = 4;

/**
 * Permutations of 0 … count − 1 by (seed, name). The last one is kept: it is needed repeatedly, and
 * a large one takes long.
 */
function rememberedOrder(): (count: number, seed: number, name: string) => Uint32Array {
  let last: { name: string; seed: number; order: Uint32Array } | undefined;
  return (count, seed, name) => {
    if (last?.name !== name || last.seed !== seed || last.order.length !== count)
      last = { name, seed, order: new RandomStream(seed, name).permutation(count) };
    return last.order;
  };
}
const promptOrder = rememberedOrder();
const minibatchOrder = rememberedOrder();

/**
 * Prompts in shuffled epochs without end: the prompt at a position is a function of (seed, count,
 * position).
 */
export function promptAt(position: number, count: number, seed: number): number {
  return promptOrder(count, seed, `prompts ${Math.floor(position / count)}`)[position % count]!;
}

/**
 * The responses of optimizer step `index`: each epoch cuts all responses, newly shuffled, into
 * minibatches.
 */
export function minibatch(
  responses: number,
  minibatches: number,
  position: { iteration: number; index: number; seed: number },
): number[] {
  const epoch = Math.floor(position.index / minibatches);
  const order = minibatchOrder(responses, position.seed, `minibatches ${position.iteration} ${epoch}`);
  const cut = (part: number): number => Math.floor((part * responses) / minibatches);
  const part = position.index % minibatches;
  return Array.from(order.subarray(cut(part), cut(part + 1)));
}

/**
 * Calls `work` on slices of at most `size`, awaits `between` before each, and joins the results.
 */
export async function inSlices<T, R>(
  items: readonly T[],
  size: number,
  between: () => Promise<void>,
  work: (slice: readonly T[]) => readonly R[],
): Promise<R[]> {
  const all: R[] = [];
  for (let first = 0; first < items.length; first += size) {
    await between();
    append(all, work(items.slice(first, first + size)));
  }
  return all;
}
