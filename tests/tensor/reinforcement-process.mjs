// One iteration of PPO's parts and one update of a reward model on one backend; prints metrics and
// weights as JSON.
import { resolveArchitecture } from "../../dist/lm/model/architecture.js";
import { Critic } from "../../dist/lm/rl/critic.js";
import { initialize } from "../../dist/lm/model/initialize.js";
import { PolicyTrainer } from "../../dist/lm/rl/policy-trainer.js";
import { withScoreHead } from "../../dist/lm/train/reward-model.js";
import { RewardTrainer } from "../../dist/lm/train/reward-trainer.js";
import { loadBackend } from "../../dist/tensor/backend.js";

await loadBackend(process.argv[2]);

const architecture = resolveArchitecture(
  {
    layers: 1,
    hiddenSize: 16,
    heads: 2,
    intermediateSize: 32,
    contextLength: 16,
    ropeTheta: 10000,
    tieEmbeddings: true,
  },
  20,
);
const shape = { rows: 4, prompt: 3, response: 10 };
const optimizer = { kind: "adamw", weightDecay: 0.1, beta1: 0.9, beta2: 0.95, gradientClip: 1 };
const weights = initialize(architecture, 1);
const rewardWeights = withScoreHead(architecture, weights, 1);
const prompts = [[1, 2, 3], [4], [5, 6]];
const numbers = (rollouts, value) => rollouts.map(({ response }, r) => response.map((_, t) => value(r, t)));
const flat = (state) => Object.values(state).flatMap(({ data }) => Array.from(data));

const policy = { temperature: 0.9, clipLow: 0.2, clipHigh: 0.2, ratio: "token", klCoefficient: 0.1, onPolicy: false };
const trainer = new PolicyTrainer(
  { architecture, sampling: { rows: 2, samples: 1 }, training: shape, policy, optimizer },
  weights,
);
const asked = prompts.map((tokens, number) => ({ tokens, number }));
const rollouts = await trainer.sample(asked, { stop: [0], seed: 3 }, async () => {});
const old = trainer.score(rollouts);
const batch = {
  rollouts,
  weights: [0.1, 0.1, 0.1],
  advantages: numbers(rollouts, (r, t) => Math.sin(3 * r + t)),
  oldLogProbabilities: old.logProbabilities,
  referenceLogProbabilities: old.logProbabilities.map((row, r) => row.map((value, t) => value + 0.3 * Math.cos(r + t))),
};
const updates = [trainer.update(0, 1e-2, batch), trainer.update(1, 1e-2, batch)];

const critic = new Critic({ architecture, shape, coefficient: 0.1, optimizer }, rewardWeights);
const oldValues = critic.values(rollouts);
const returns = numbers(rollouts, (r, t) => Math.cos(r + 2 * t));
updates.push(critic.update(0, 1e-2, { rollouts, weights: [0.1, 0.1, 0.1], returns, oldValues, clip: 0.2 }));

const reward = new RewardTrainer({ architecture, shape, centering: 0.01, optimizer }, rewardWeights);
updates.push(reward.update(0, 1e-2, [{ prompt: [1, 2], chosen: [3, 4, 5], rejected: [6], margin: 0.5 }]));

process.stdout.write(
  JSON.stringify({
    responses: rollouts.map(({ response }) => response),
    metrics: [...old.logProbabilities, ...old.entropies, ...oldValues].flatMap((row) => Array.from(row)),
    updates: updates.flatMap((report) => Object.values(report)),
    weights: [trainer, critic, reward].flatMap((learner) => flat(learner.state())),
  }),
);
