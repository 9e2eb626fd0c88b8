import { Ppo } from "../lm/rl/ppo.js";
import type { StageWith } from "../schemas/stages/index.js";
import { loadBackend } from "../tensor/backend.js";
import { checkSameTokenizer, openModel, putModel, type OpenModel } from "./models/model.js";
import { openRewardModel, type OpenRewardModel } from "./models/reward-model.js";
import type { Stage } from "./stage.js";
import { readPrompts, type PromptSet } from "./training/prompts.js";
import { runReinforcement } from "./training/reinforcement-loop.js";
import { lastTenth, putTraining } from "./training/reinforcement.js";
import { optimizerSettings, createSchedule } from "./training/settings.js";

/**
 * Preference fine-tuning: the reward model scores what the model writes, PPO makes responses with
 * high scores more likely.
 */
export const ppo: Stage<"ppo"> = async (settings, context) => {
  const model = await openModel(settings.model, context);
  const reward = await openRewardModel(settings.rewardModel, context);
  await checkSameTokenizer(model, reward, "with.rewardModel");
  const limits = {
    maxNewTokens: settings.maxNewTokens,
    // The reward model reads a response that was cut with the missing end appended.
    context: Math.min(model.architecture.contextLength, reward.architecture.contextLength - 1),
    where: "with.prompts",
  };
  const prompts = await readPrompts(settings.prompts, model, limits, context);
  await loadBackend();
  const options = ppoSettings(settings, { model, reward, prompts }, context.seed);
  const algorithm = new Ppo(options, model.weights, reward.weights, prompts.tokens);
  try {
    const iterations = await runReinforcement(algorithm, prompts.tokens, context);
    const weights = algorithm.weights();
    const outputs = {
      model: await putModel(context, { ...model, weights }, model.directory),
      training: await putTraining(context, iterations),
    };
    const metrics = {
      ...lastTenth(iterations, reportedMetrics),
      ...(iterations[0] && { firstReward: iterations[0]["reward"]! }),
      klCoefficient: algorithm.counters["klCoefficient"]!,
      iterations: iterations.length,
      tokens: algorithm.counters["tokens"]!,
      prompts: prompts.rows.length,
      tooLong: prompts.tooLong,
    };
    return { outputs, metrics };
  } finally {
    algorithm.dispose();
  }
};

const reportedMetrics = [
  "reward",
  "kl",
  "entropy",
  "clipFraction",
  "explainedVariance",
  "responseLength",
  "missingEnd",
];

function ppoSettings(
  settings: StageWith<"ppo">,
  from: { model: OpenModel; reward: OpenRewardModel; prompts: PromptSet },
  seed: number,
) {
  const updates = settings.iterations * settings.minibatches * settings.epochs;
  return {
    ...settings,
    architecture: from.model.architecture,
    rewardArchitecture: from.reward.architecture,
    promptLength: from.prompts.longest,
    klTarget: settings.klTarget,
    optimizer: optimizerSettings(settings),
    schedule: createSchedule(settings, updates),
    criticSchedule: { ...createSchedule(settings, updates), learningRate: settings.criticLearningRate },
    stop: from.model.tokens.stop,
    rewardEnd: from.model.tokenizer.special.messageEnd,
    seed,
  };
}
