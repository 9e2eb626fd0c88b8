import { Grpo, type Verdict } from "../lm/rl/grpo.js";
import type { Rollout } from "../lm/data/rollout.js";
import type { StageWith } from "../schemas/stages/index.js";
import { loadBackend } from "../tensor/backend.js";
import { openModel, putModel, type OpenModel } from "./models/model.js";
import type { Scorer } from "./scoring/scorer.js";
import { openVerifiers } from "./scoring/verifiers.js";
import type { Stage } from "./stage.js";
import { readPrompts, type PromptSet } from "./training/prompts.js";
import { runReinforcement } from "./training/reinforcement-loop.js";
import { lastTenth, putTraining } from "./training/reinforcement.js";
import { optimizerSettings, createSchedule } from "./training/settings.js";

/**
 * Reasoning fine-tuning: the model responds, verifiers compare with the right answer, GRPO makes
 * right ones more likely.
 */
export const grpo: Stage<"grpo"> = async (settings, context) => {
  const model = await openModel(settings.model, context);
  const { maxNewTokens } = settings;
  const limits = { maxNewTokens, context: model.architecture.contextLength, where: "with.prompts" };
  const prompts = await readPrompts(settings.prompts, model, limits, context);
  const verifiers = await openVerifiers(settings.verifiers, context);
  try {
    await loadBackend();
    const verify = (chosen: readonly number[], rollouts: readonly Rollout[]) =>
      scoreRollouts(verifiers, model, prompts, chosen, rollouts);
    const algorithm = new Grpo(
      grpoSettings(settings, model, prompts, context.seed),
      model.weights,
      prompts.tokens,
      verify,
    );
    try {
      const iterations = await runReinforcement(algorithm, prompts.tokens, context);
      const weights = algorithm.weights();
      const outputs = {
        model: await putModel(context, { ...model, weights }, model.directory),
        training: await putTraining(context, iterations),
      };
      const failures = Object.keys(verifiers.counts()).map((name) => [name, algorithm.counters[name] ?? 0] as const);
      const metrics = {
        ...lastTenth(iterations, [
          "reward",
          "kl",
          "entropy",
          "clipFraction",
          "equalGroups",
          "responseLength",
          "missingEnd",
          "overlongPenalty",
        ]),
        ...(iterations[0] && { firstReward: iterations[0]["reward"]! }),
        iterations: iterations.length,
        tokens: algorithm.counters["tokens"]!,
        masked: algorithm.counters["masked"]!,
        prompts: prompts.rows.length,
        tooLong: prompts.tooLong,
        ...Object.fromEntries(failures),
      };
      return { outputs, metrics };
    } finally {
      algorithm.dispose();
    }
  } finally {
    await verifiers.close();
  }
};

function grpoSettings(settings: StageWith<"grpo">, model: OpenModel, prompts: PromptSet, seed: number) {
  const updates = settings.iterations * settings.minibatches * settings.epochs;
  return {
    ...settings,
    architecture: model.architecture,
    promptLength: prompts.longest,
    epsilonHigh: settings.epsilonHigh ?? settings.epsilon,
    overlongPenalty: settings.overlongPenalty,
    optimizer: optimizerSettings(settings),
    schedule: createSchedule(settings, updates),
    stop: model.tokens.stop,
    seed,
  };
}

/** The verifiers' scores of responses. */
async function scoreRollouts(
  verifiers: Scorer,
  model: OpenModel,
  prompts: PromptSet,
  chosen: readonly number[],
  rollouts: readonly Rollout[],
): Promise<Verdict> {
  const before = verifiers.counts();
  const rows = await Promise.all(
    rollouts.map(async ({ response, ended }, i) => {
      const row = prompts.rows[chosen[i]!]!;
      return {
        prompt: row.instruction,
        response: await model.tokenizer.decode(ended ? response.slice(0, -1) : response),
        reference: row.response,
        ...(row.task === undefined ? {} : { task: row.task }),
      };
    }),
  );
  const rewards = await verifiers.score(rows);
  const after = verifiers.counts();
  const failures = Object.entries(after).map(([name, count]) => [name, count - (before[name] ?? 0)] as const);
  return { rewards, failures: Object.fromEntries(failures) };
}
