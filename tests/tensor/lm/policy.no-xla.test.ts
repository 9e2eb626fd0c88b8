import { PolicyTrainer, type PolicyBatch } from "../../../lm/rl/policy-trainer.js";
import { scoreStep } from "../../../lm/train/policy.js";
import { rolloutInputs, type Rollout } from "../../../lm/data/rollout.js";
import { tokenWeights } from "../../../lm/rl/advantages.js";
import { RandomStream } from "../../../platform/random.js";
import { compile } from "../../../tensor/compile.js";
import type { HostTensors } from "../../../tensor/program.js";
import { beforeResponse, makeValues, logShares, makeRollouts, uncached } from "./rollouts.js";
import { adamw, distance, formulaWeights, scaledMatrices, tinyArchitecture, makeTokens } from "./support.js";
import { loadTensorFlow } from "../support.js";
import { held } from "../../../tensor/host-tensor.js";
beforeAll(loadTensorFlow);

const a = tinyArchitecture();
const weights = formulaWeights(a);
const shape = { rows: 4, prompt: 6, response: 5 };
const temperature = 0.8;
const rollouts = makeRollouts(a, [
  [2, 5],
  [6, 1],
  [3, 4],
]);

const policy = {
  temperature,
  clipLow: 0.2,
  clipHigh: 0.2,
  ratio: "token" as const,
  klCoefficient: 0,
  onPolicy: false,
};

let trainer: PolicyTrainer;
beforeAll(() => {
  trainer = new PolicyTrainer(
    {
      architecture: a,
      sampling: { rows: shape.rows, samples: 1, steps: 0 },
      training: shape,
      policy,
      optimizer: adamw,
    },
    weights,
  );
});
afterAll(() => trainer.dispose());

test("log-probabilities and entropies are those of softmax(logits / temperature) of a pass without a cache", () => {
  const shares = beforeResponse(rollouts, uncached(a, weights, rollouts)).map((row) =>
    row.map((logits) => logShares(logits, temperature)),
  );
  const { logProbabilities, entropies } = trainer.score(rollouts);
  rollouts.forEach(({ response }, r) => {
    const expected = response.map((token, t) => shares[r]![t]![token]!);
    expect(distance(logProbabilities[r]!, expected)).toBeLessThan(1e-4);
    const spread = shares[r]!.map((row) => -row.reduce((sum, share) => sum + Math.exp(share) * share, 0));
    expect(distance(entropies[r]!, spread)).toBeLessThan(1e-4);
  });
});

describe.each([
  { kind: "dense" },
  { kind: "local", window: 3, sinks: 1 },
  { kind: "sparse", window: 4, blockSize: 2, selectedBlocks: 1 },
] as const)("%j", (attention) => {
  test("what is sampled is drawn from the very distribution that the scoring pass gives it, at the temperature", async () => {
    const model = { ...a, attention };
    const own = formulaWeights(model);
    const training = { rows: 4, prompt: 6, response: 12 };
    const sampler = new PolicyTrainer(
      { architecture: model, sampling: { rows: 3, samples: 2, steps: 0 }, training, policy, optimizer: adamw },
      own,
    );
    const prompts = [0, 0, 1, 2].map((number, i) => ({
      tokens: makeTokens(number, 2 + 2 * number, a.vocabularySize),
      number,
      sample: i === 1 ? 1 : 0,
    }));
    const sampled = await sampler.sample(prompts, { stop: [], seed: 5 }, async () => {});
    const { logProbabilities } = sampler.score(sampled);
    sampler.dispose();
    const before = beforeResponse(sampled, uncached(model, own, sampled));
    sampled.forEach(({ response }, r) => {
      expect(response).toHaveLength(12);
      const random = new RandomStream(5, `prompt ${prompts[r]!.number}, sample ${prompts[r]!.sample}`);
      response.forEach((token, t) => {
        const shares = logShares(before[r]![t]!, temperature);
        expect(Math.abs(logProbabilities[r]![t]! - shares[token]!)).toBeLessThan(1e-4);
        // The random number falls into the token's interval of the cumulative distribution.
        const below = shares.slice(0, token).reduce((sum, share) => sum + Math.exp(share), 0);
        expect(random.uniform(t)).toBeGreaterThan(below - 1e-5);
        expect(random.uniform(t)).toBeLessThan(below + Math.exp(shares[token]!) + 1e-5);
      });
    });
  });
});

test("with a reference, scores have its log-probabilities and the divergences of whole distributions, in any slices", async () => {
  const other = scaledMatrices(weights, 1.3);
  const sampling = { rows: shape.rows, samples: 1, steps: 0 };
  const training = { ...shape, rows: 2 };
  const both = new PolicyTrainer({ architecture: a, sampling, training, policy, optimizer: adamw }, weights, other);
  both.update(0, 1e-2, {
    rollouts: rollouts.slice(0, 2),
    weights: [0.1, 0.1],
    advantages: makeValues(3, rollouts, -1, 1),
    oldLogProbabilities: trainer.score(rollouts).logProbabilities,
  });
  const after = held(both.weights());
  expect(Object.keys(after)).toEqual(Object.keys(held(trainer.weights())));
  const { logProbabilities, reference } = await both.scoreAll(rollouts, async () => {});
  both.dispose();
  const [ours, theirs] = [after, other].map((one) =>
    beforeResponse(rollouts, uncached(a, one, rollouts)).map((row) => row.map((l) => logShares(l, temperature))),
  ) as [number[][][], number[][][]];
  rollouts.forEach(({ response }, r) =>
    response.forEach((token, t) => {
      const [p, q] = [ours[r]![t]!, theirs[r]![t]!];
      const divergence = p.reduce((sum, log, v) => sum + Math.exp(log) * (log - q[v]!), 0);
      expect(divergence).toBeGreaterThan(1e-3);
      expect(logProbabilities[r]![t]).toBeCloseTo(p[token]!, 4);
      expect(reference!.logProbabilities[r]![t]).toBeCloseTo(q[token]!, 4);
      expect(reference!.divergences[r]![t]).toBeCloseTo(divergence, 4);
    }),
  );
});

test("what stands in padding, and in spare rows, changes nothing", () => {
  const program = compile(weights, { score: scoreStep(a, shape, temperature) });
  const clean = rolloutInputs(shape, rollouts);
  const dirty: HostTensors = Object.fromEntries(
    Object.entries(clean).map(([name, tensor]) => {
      const fill = (value: number, i: number) =>
        clean["segments"]!.data[i] === 1 ? value : (i * 7) % a.vocabularySize;
      return [name, name === "segments" ? tensor : { ...tensor, data: Int32Array.from(tensor.data, fill) }];
    }),
  );
  const [one, two] = [clean, dirty].map((inputs) => program.run("score", inputs)["logProbabilities"]!.data);
  program.dispose();
  rollouts.forEach(({ response }, r) => {
    const cut = (data: ArrayLike<number>) =>
      Array.from(data).slice(r * shape.response, r * shape.response + response.length);
    expect(cut(two!)).toEqual(cut(one!));
  });
});

test("on the first minibatch the ratio is 1 and nothing is clipped; on the next it is not", () => {
  const batch = (list: readonly Rollout[]): PolicyBatch => ({
    rollouts: list,
    weights: tokenWeights(
      list.map(({ response }) => response.length),
      "dapo",
      shape.response,
    ),
    advantages: makeValues(3, list, -1, 1),
    oldLogProbabilities: trainer.score(list).logProbabilities,
  });
  const [first, second] = [batch(rollouts), batch(rollouts.slice(0, 2))];
  const before = trainer.update(0, 3e-2, first);
  expect(before.ratio).toBeCloseTo(1, 5);
  expect(before.clipFraction).toBe(0);
  const after = trainer.update(1, 3e-2, second);
  expect(Math.abs(after.ratio - 1)).toBeGreaterThan(1e-3);
  expect(after.clipFraction).toBeGreaterThan(0);
});

test("a loss that is not finite is an error", () => {
  const state = held(trainer.state());
  const advantages = rollouts.map(({ response }) => response.map(() => Infinity));
  const oldLogProbabilities = trainer.score(rollouts).logProbabilities;
  const spoilt = () => trainer.update(0, 1e-3, { rollouts, weights: [1, 1, 1], advantages, oldLogProbabilities });
  expect(spoilt).toThrow(expect.objectContaining({ code: "LOSS_NOT_FINITE" }));
  trainer.restore(state);
  expect(held(trainer.state())).toEqual(state);
});
