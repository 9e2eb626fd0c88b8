import * as tf from "@tensorflow/tfjs-core";
import type { AttentionSettings } from "../../../lm/model/attention/settings.js";
import type { Objective } from "../../../lm/optim/gradients.js";
import { tokenWeights } from "../../../lm/rl/advantages.js";
import { policyObjective, type PolicySettings } from "../../../lm/train/policy.js";
import { pairObjective, scoreName, valueObjective, withScoreHead } from "../../../lm/train/reward-model.js";
import type { HostTensor, Tensors } from "../../../tensor/program.js";
import { expectGradients, type Values } from "./finite-differences.js";
import {
  beforeResponse,
  makeValues,
  logShares,
  objectiveInputs,
  makeRollouts,
  toTensors,
  uncached,
} from "./rollouts.js";
import { distance, formulaWeights, tinyArchitecture } from "./support.js";
import { loadTensorFlow } from "../support.js";

/**
 * The objectives, run operation by operation, against the same losses in plain JavaScript and
 * finite differences.
 */

const a = tinyArchitecture({ layers: 1 });
const weights = formulaWeights(a);
const shape = { rows: 4, prompt: 5, response: 4 };
// A row is spare, and each is padded otherwise.
const rollouts = makeRollouts(a, [
  [2, 4],
  [5, 1],
  [3, 3],
]);
const rewardWeights = withScoreHead(a, weights, 1);

beforeAll(loadTensorFlow);

type Objectives = (weights: Tensors, inputs: Tensors) => Objective;

/** Loss and metrics. */
function measured(objective: Objectives, at: Values, inputs: Tensors): Record<string, number> {
  return tf.tidy(() => {
    const { loss, metrics } = objective(toTensors(at as never), inputs);
    return Object.fromEntries(Object.entries({ loss, ...metrics }).map(([name, t]) => [name, t.dataSync()[0]!]));
  });
}

const scaled = ({ data, ...rest }: HostTensor, factor: number): HostTensor => ({
  ...rest,
  data: data.map((x) => x * factor),
});

function gradients(objective: Objectives, at: Values, inputs: Tensors): Float32Array[] {
  const names = Object.keys(at);
  const call = (...list: tf.Tensor[]) => objective(Object.fromEntries(names.map((n, i) => [n, list[i]!])), inputs).loss;
  return tf.tidy(() =>
    tf
      .grads(call)(Object.values(toTensors(at as never)))
      .map((g) => g.dataSync() as Float32Array),
  );
}

describe("the policy's objective", () => {
  const temperature = 0.7;
  const settings: PolicySettings = {
    temperature,
    clipLow: 0.2,
    clipHigh: 0.28,
    ratio: "token",
    klCoefficient: 0,
    onPolicy: false,
  };
  const kl = { ...settings, klCoefficient: 0.3 };
  // Each sign below, between and above the bounds, with some distance from them.
  const advantages = [[1.5, -1.2, 1.1, -0.9], [2], [-1.4, -0.7, 0.8]];
  const offsets = [[0.6, 0.6, -0.5, -0.5], [0.05], [-0.08, 0.6, -0.5]];
  const share = makeValues(4, rollouts, 0.2, 1);
  let current: number[][];
  let old: number[][];
  let reference: number[][];
  let inputs: Tensors;
  beforeAll(() => {
    const logits = beforeResponse(rollouts, uncached(a, weights, rollouts));
    current = rollouts.map(({ response }, r) =>
      response.map((token, t) => logShares(logits[r]![t]!, temperature)[token]!),
    );
    old = current.map((row, r) => row.map((value, t) => value + offsets[r]![t]!));
    const away = makeValues(5, rollouts, -0.8, 0.8);
    reference = current.map((row, r) => row.map((value, t) => value + away[r]![t]!));
    inputs = objectiveInputs(shape, rollouts, {
      weights: share,
      advantages,
      oldLogProbabilities: old,
      referenceLogProbabilities: reference,
    });
  });
  /** Every response token's numbers. */
  const tokens = () =>
    rollouts.flatMap(({ response }, r) =>
      response.map((_, t) => ({
        advantage: advantages[r]![t]!,
        weight: share[r]![t]!,
        ratio: Math.exp(current[r]![t]! - old[r]![t]!),
        gap: reference[r]![t]! - current[r]![t]!,
      })),
    );

  test("is the clipped surrogate, and clips on both sides", () => {
    const list = tokens().map(({ advantage, weight, ratio }) => {
      const clipped = Math.min(Math.max(ratio, 0.8), 1.28);
      const gain = Math.min(advantage * ratio, advantage * clipped);
      return {
        loss: -weight * gain,
        low: gain !== advantage * ratio && ratio < 0.8,
        high: gain !== advantage * ratio && ratio > 1.28,
        ratio,
      };
    });
    const [low, high] = [list.filter((token) => token.low).length, list.filter((token) => token.high).length];
    expect(low * high).toBeGreaterThan(0);
    const got = measured(policyObjective(a, shape, settings), weights as Values, inputs);
    const mean = (value: (token: (typeof list)[number]) => number) =>
      list.reduce((sum, token) => sum + value(token), 0);
    expect(got["loss"]).toBeCloseTo(
      mean((token) => token.loss),
      4,
    );
    expect(got["ratio"]).toBeCloseTo(mean((token) => token.ratio) / list.length, 4);
    expect(got["clipFraction"]).toBeCloseTo((low + high) / list.length, 6);
  });

  test("with the ratio of the sequence, a response's tokens have one ratio, the exponential of the mean log-ratio", () => {
    const wide = { ...settings, ratio: "sequence" as const, clipLow: 0.03, clipHigh: 0.02 };
    let [loss, bound, sum] = [0, 0, 0];
    rollouts.forEach(({ response }, r) => {
      const logs = response.map((_, t) => current[r]![t]! - old[r]![t]!);
      const ratio = Math.exp(logs.reduce((a, b) => a + b, 0) / response.length);
      const clipped = Math.min(Math.max(ratio, 0.97), 1.02);
      response.forEach((_, t) => {
        const gain = Math.min(advantages[r]![t]! * ratio, advantages[r]![t]! * clipped);
        loss -= share[r]![t]! * gain;
        if (gain !== advantages[r]![t]! * ratio) bound++;
        sum += ratio;
      });
    });
    expect(bound).toBeGreaterThan(0);
    expect(bound).toBeLessThan(8);
    const got = measured(policyObjective(a, shape, wide), weights as Values, inputs);
    expect(got["loss"]).toBeCloseTo(loss, 4);
    expect(got["clipFraction"]).toBeCloseTo(bound / 8, 6);
    expect(got["ratio"]).toBeCloseTo(sum / 8, 4);
    expectGradients((w) => policyObjective(a, shape, wide)(w, inputs).loss, weights as Values);
    expectGradients(
      (w) => policyObjective(a, shape, { ...wide, klCoefficient: 0.3 })(w, inputs).loss,
      weights as Values,
    );
  });

  test("adds the KL divergence, by k3 and the ratio", () => {
    const expected = tokens().reduce(
      (sum, { weight, ratio, gap }) => sum + weight * ratio * (Math.exp(gap) - 1 - gap),
      0,
    );
    const got = measured(policyObjective(a, shape, kl), weights as Values, inputs);
    const without = measured(policyObjective(a, shape, settings), weights as Values, inputs);
    expect(got["loss"]! - without["loss"]!).toBeCloseTo(0.3 * expected, 4);
  });

  test.each(["grpo", "dapo", "dr_grpo"] as const)(
    "with the weights of %s, metrics are means over tokens",
    (lossType) => {
      const lengths = rollouts.map(({ response }) => response.length);
      const perResponse = tokenWeights(lengths, lossType, shape.response);
      const weighted = { weights: rollouts.map(({ response }, r) => response.map(() => perResponse[r]!)) };
      const own = { ...inputs, ...objectiveInputs(shape, rollouts, weighted) };
      const got = measured(policyObjective(a, shape, kl), weights as Values, own);
      const list = tokens();
      const mean = (value: (token: (typeof list)[number]) => number) =>
        list.reduce((sum, token) => sum + value(token), 0) / list.length;
      expect(got["ratio"]).toBeCloseTo(
        mean(({ ratio }) => ratio),
        4,
      );
    },
  );

  test("has the gradient of finite differences, clipped and with the KL divergence", () => {
    expectGradients((w) => policyObjective(a, shape, settings)(w, inputs).loss, weights as Values);
    expectGradients((w) => policyObjective(a, shape, kl)(w, inputs).loss, weights as Values);
  });

  test("on-policy it is the objective whose old probabilities are the present ones: ratio 1, nothing clipped", () => {
    const same = { ...inputs, ...objectiveInputs(shape, rollouts, { oldLogProbabilities: current }) };
    const { oldLogProbabilities: _, ...without } = inputs;
    const [given, onPolicy] = [
      [kl, same],
      [{ ...kl, onPolicy: true }, without],
    ].map(([s, given]) => {
      const objective = policyObjective(a, shape, s as PolicySettings);
      return {
        ...measured(objective, weights as Values, given as Tensors),
        gradients: gradients(objective, weights as Values, given as Tensors),
      };
    }) as [never, never] as { ratio: number; clipFraction: number; gradients: Float32Array[] }[];
    expect(onPolicy).toMatchObject({ ratio: 1, clipFraction: 0 });
    expect(given!.ratio).toBeCloseTo(1, 5);
    expect(given!.clipFraction).toBe(0);
    onPolicy!.gradients.forEach((gradient, i) => expect(distance(gradient, given!.gradients[i]!)).toBeLessThan(1e-5));
    expect(Math.max(...onPolicy!.gradients.map((gradient) => Math.max(...gradient)))).toBeGreaterThan(0.01);
  });

  test.each<AttentionSettings>([
    { kind: "dense" },
    { kind: "local", window: 3, sinks: 1 },
    { kind: "sparse", window: 4, blockSize: 2, selectedBlocks: 1 },
  ])("%j: a prompt computed once for all of its rows gives each row's numbers and their gradients", (attention) => {
    const model = { ...tinyArchitecture(), attention };
    const at = formulaWeights(model) as Values;
    const made = makeRollouts(model, [
      [4, 8],
      [4, 1],
      [5, 7],
      [4, 5],
    ]);
    const list = made.map((rollout) =>
      rollout.prompt.length === 4 ? { ...rollout, prompt: made[0]!.prompt } : rollout,
    );
    const [own, shared] = [{}, { prompts: 2 }].map((prompts) => {
      const shape = { rows: 5, prompt: 5, response: 8, ...prompts };
      const inputs = objectiveInputs(shape, list, {
        weights: makeValues(4, list, 0.2, 1),
        advantages: makeValues(5, list, -1, 1),
        referenceLogProbabilities: makeValues(6, list, -4, -2),
      });
      const objective = policyObjective(model, shape, { ...kl, onPolicy: true });
      return { metrics: measured(objective, at, inputs), gradients: gradients(objective, at, inputs) };
    });
    for (const [name, value] of Object.entries(own!.metrics)) expect(shared!.metrics[name]).toBeCloseTo(value, 4);
    own!.gradients.forEach((gradient, i) => expect(distance(shared!.gradients[i]!, gradient)).toBeLessThan(1e-4));
    expect(Math.max(...own!.gradients.map((gradient) => Math.max(...gradient)))).toBeGreaterThan(0.01);
  });
});

describe("the critic's objective", () => {
  const coefficient = 0.5;
  const share = makeValues(6, rollouts, 0.2, 1);
  // The old value is this far above the present one: beyond the clip on both sides, and within.
  const offsets = [[0.5, 0.5, -0.5, -0.5], [0.1], [-0.1, 0.5, -0.5]];
  // The return on either side of the value, not at a tie of the two errors.
  const away = [[0.9, -0.8, 0.7, -1.1], [-0.6], [0.5, 1.2, -0.9]];
  let inputs: Tensors;
  beforeAll(() => {
    const outputs = beforeResponse(rollouts, uncached(a, rewardWeights, rollouts));
    const values = outputs.map((row) => row.map(([value]) => value!));
    const moved = (by: number[][]) => values.map((row, r) => row.map((value, t) => value + by[r]![t]!));
    inputs = {
      ...objectiveInputs(shape, rollouts, { weights: share, returns: moved(away), oldValues: moved(offsets) }),
      clip: tf.scalar(0.2),
    };
  });

  test("is half the greater of the clipped and the free squared error, and counts where the clip binds", () => {
    let [loss, bound] = [0, 0];
    offsets.flat().forEach((offset, i) => {
      const error = away.flat()[i]!;
      // Seen from the present value: the clipped one lies within 0.2 of the old.
      const clipped = Math.min(Math.max(0, offset - 0.2), offset + 0.2) - error;
      loss += 0.5 * 0.5 * share.flat()[i]! * Math.max(error ** 2, clipped ** 2);
      if (clipped ** 2 > error ** 2) bound++;
    });
    expect(bound).toBeGreaterThan(0);
    const got = measured(valueObjective(a, shape, coefficient), rewardWeights as Values, inputs);
    expect(got["loss"]).toBeCloseTo(loss, 4);
    expect(got["clipFraction"]).toBeCloseTo(bound / 8, 6);
  });

  test("has the gradient of finite differences", () => {
    expectGradients((w) => valueObjective(a, shape, coefficient)(w, inputs).loss, rewardWeights as Values);
  });

  test("within the clip nothing binds, whatever the rounding of the difference to the old value", () => {
    const small = (salt: number) => makeValues(salt, rollouts, -1e-3, 1e-3);
    const near = objectiveInputs(shape, rollouts, { oldValues: small(7), returns: small(8) });
    const head = { ...rewardWeights, [scoreName]: scaled(rewardWeights[scoreName]!, 1e-4) };
    const got = measured(valueObjective(a, shape, coefficient), head as Values, { ...inputs, ...near });
    expect(got["clipFraction"]).toBe(0);
  });
});

describe("the pairs' objective", () => {
  const pairs = { ...shape, rows: 6 };
  // The third pair is padding.
  const rows = makeRollouts(a, [
    [2, 4],
    [5, 1],
    [1, 1],
    [2, 3],
    [5, 2],
    [1, 1],
  ]);
  const margins = [0.3, 0, 0];
  let inputs: Tensors;
  beforeAll(() => {
    inputs = {
      ...objectiveInputs(pairs, rows, {}),
      last: tf.tensor1d(
        rows.map(({ response }) => pairs.prompt + response.length - 1),
        "int32",
      ),
      margins: tf.tensor1d(margins),
      weights: tf.tensor1d([0.5, 0.5, 0]),
    };
  });

  test("is Bradley-Terry's with margins, and pulls scores toward zero", () => {
    const scores = uncached(a, rewardWeights, rows).map((outputs) => outputs.at(-1)![0]!);
    const losses = [0, 1].map((i) => {
      const [chosen, rejected] = [scores[i]!, scores[i + 3]!];
      return -Math.log(1 / (1 + Math.exp(-(chosen - rejected - margins[i]!)))) + 0.1 * (chosen + rejected) ** 2;
    });
    const { loss, metrics } = pairObjective(a, pairs, 0.1)(toTensors(rewardWeights), inputs);
    expect(distance(metrics!["scores"]!.dataSync(), scores)).toBeLessThan(1e-4);
    expect(loss.dataSync()[0]).toBeCloseTo((losses[0]! + losses[1]!) / 2, 4);
  });

  test("has the gradient of finite differences", () => {
    expectGradients((w) => pairObjective(a, pairs, 0.1)(w, inputs).loss, rewardWeights as Values);
  });
});
