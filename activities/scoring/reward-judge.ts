import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { encodePrompts } from "../../lm/text/chat.js";
import { RewardScorer } from "../../lm/train/reward-trainer.js";
import type { Rollout, RolloutShape } from "../../lm/data/rollout.js";
import { Tokenizer } from "../../lm/text/tokenizer.js";
import type { ArtifactRef } from "../../schemas/artifact.js";
import { PawlError } from "../../platform/errors.js";
import { greatest, least } from "../../platform/extremes.js";
import { loadBackend } from "../../tensor/backend.js";
import { openRewardModel, type OpenRewardModel } from "../models/reward-model.js";
import type { StageContext } from "../stage.js";
import type { ScoredRow, Scorer } from "./scorer.js";

/** Responses scored at the same time. */
const rowsAtOnce = 16;
/**
 * Positions for prompts and for responses are a multiple of this, so that few steps are compiled.
 */
const slots = 32;

/**
 * A reward model that scores, read as when it was fitted: the prompt in the chat template, the
 * response with the token that ends its turn. A response that goes beyond the model's context is
 * scored by its beginning, with that token after it; one whose prompt leaves no room scores 0; both
 * are counted.
 * @throws PawlError of opening: MODEL_INVALID; of `counts`: CONTEXT_EXCEEDED if no prompt left room
 */
export async function openRewardJudge(ref: ArtifactRef<"reward-model">, context: StageContext): Promise<Scorer> {
  const model = await openRewardModel(ref, context);
  const tokenizer = await Tokenizer.fromJson(await readFile(join(model.directory, "tokenizer.json"), "utf8"));
  await loadBackend();
  const judge = new RewardJudge(model, tokenizer, context);
  return {
    describe: `reward model ${ref.digest.slice(0, 12)}`,
    score: (rows) => judge.score(rows),
    counts: () => judge.counts(),
    close: async () => judge.dispose(),
  };
}

class RewardJudge {
  /** Responses beyond the model's context. */
  #tooLong = 0;
  /** Tokens of the shortest prompt so far. */
  #shortest = Infinity;
  #scorer: RewardScorer | undefined;
  #shape: RolloutShape = { rows: rowsAtOnce, prompt: 0, response: 0 };

  constructor(
    private readonly model: OpenRewardModel,
    private readonly tokenizer: Tokenizer,
    private readonly context: StageContext,
  ) {}

  async score(rows: readonly ScoredRow[]): Promise<number[]> {
    const rollouts = this.#cut(await this.#encode(rows));
    const fitting = rollouts.filter((rollout) => rollout !== undefined);
    if (fitting.length === 0) return rows.map(() => 0);
    const scorer = this.#scorerFor(fitting);
    const scores: number[] = [];
    while (scores.length < fitting.length) {
      scores.push(...scorer.score(fitting.slice(scores.length, scores.length + rowsAtOnce)));
      this.context.progress({
        phase: "score",
        done: scores.length,
        total: rows.length,
        unit: "responses",
        metrics: {},
      });
      await this.context.yield();
    }
    return rollouts.map((rollout) => (rollout === undefined ? 0 : scores.shift()!));
  }

  /**
   * @throws PawlError CONTEXT_EXCEEDED: one call may lack prompts that fit, but not all calls
   *   together
   */
  counts(): Record<string, number> {
    const { contextLength } = this.model.architecture;
    if (this.#tooLong > 0 && this.#shortest >= contextLength) throw noRoom(this.#shortest, contextLength);
    return { judgeTooLong: this.#tooLong };
  }

  dispose(): void {
    this.#scorer?.dispose();
  }

  async #encode(rows: readonly ScoredRow[]): Promise<Rollout[]> {
    const prompts = await encodePrompts(
      this.tokenizer,
      rows.map(({ prompt }) => prompt),
    );
    const responses = await this.tokenizer.encodeBatch(rows.map(({ response }) => response));
    return prompts.map((prompt, i) => ({ prompt, response: responses[i]!, ended: false }));
  }

  /**
   * Rollouts that fit the model's context with their end; undefined if the prompt leaves no room.
   */
  #cut(rollouts: readonly Rollout[]): (Rollout | undefined)[] {
    const { contextLength } = this.model.architecture;
    this.#shortest = Math.min(this.#shortest, least(rollouts.map(({ prompt }) => prompt.length)));
    return rollouts.map((rollout) => {
      const { prompt, response } = rollout;
      const room = contextLength - prompt.length - 1;
      if (response.length <= room) return rollout;
      this.#tooLong++;
      return room >= 0 ? { prompt, response: response.slice(0, room), ended: false } : undefined;
    });
  }

  /** A step whose rows hold all rollouts: the existing one, or a larger one. */
  #scorerFor(rollouts: readonly Rollout[]): RewardScorer {
    const held = (before: number, length: (rollout: Rollout) => number): number =>
      Math.max(before, Math.ceil(greatest(rollouts.map(length)) / slots) * slots);
    const shape: RolloutShape = {
      rows: rowsAtOnce,
      prompt: held(this.#shape.prompt, ({ prompt }) => prompt.length),
      response: held(this.#shape.response, ({ response }) => response.length + 1),
    };
    const fits = shape.prompt === this.#shape.prompt && shape.response === this.#shape.response;
    if (this.#scorer && fits) return this.#scorer;
    this.dispose();
    this.#shape = shape;
    const { architecture, weights } = this.model;
    return (this.#scorer = new RewardScorer(architecture, shape, weights, this.tokenizer.special.messageEnd));
  }
}

function noRoom(shortest: number, context: number): PawlError {
  return new PawlError("CONTEXT_EXCEEDED", "every prompt is longer than the reward model's context", {
    where: "with.judge.rewardModel",
    expected: `prompts of fewer than ${context} tokens`,
    got: `the shortest has ${shortest}`,
    next: "shorten the prompts, or fit the reward model on a model with a larger context",
  });
}
