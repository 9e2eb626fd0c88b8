import type { DecodingSession } from "../../lm/decode/decoding-session.js";
import { generate, type Completion } from "../../lm/decode/generate.js";
import type { SamplingSettings } from "../../lm/decode/sampling.js";
import type { StageWith } from "../../schemas/stages/index.js";
import { loadBackend } from "../../tensor/backend.js";
import { longestPrompt, openSession, type SessionRoom } from "../models/responses.js";
import type { OpenModel } from "../models/model.js";
import type { StageContext } from "../stage.js";

/** A prompt with several responses occurs that number of times, one after another. */
export interface Samples {
  /** Responses to each prompt; default 1. */
  samples?: number;
  /**
   * Number of a prompt's first response, default 0: responses of other numbers are drawn with other
   * random numbers.
   */
  firstSample?: number;
}

/**
 * A model that responds to several lists of prompts, one list after another, with one decoding
 * session.
 */
export class Responder {
  readonly #session: DecodingSession;

  /** @param settings with room for all lists that follow */
  constructor(
    readonly model: OpenModel,
    private readonly settings: SessionRoom & SamplingSettings,
    private readonly context: StageContext,
  ) {
    this.#session = openSession(model, settings);
  }

  /**
   * The completions of prompts, from empty rows.
   * @param tokens of each prompt, each within the model's context
   */
  async complete(
    tokens: readonly (readonly number[])[],
    { samples = 1, firstSample = 0 }: Samples = {},
  ): Promise<Completion[]> {
    const { model, settings, context } = this;
    const prompts = tokens.map((ids, i) => ({
      tokens: ids,
      number: Math.floor(i / samples),
      sample: firstSample + (i % samples),
    }));
    const generation = { maxNewTokens: settings.maxNewTokens, stop: model.tokens.stop, seed: context.seed };
    return generate(this.#session, prompts, generation, async (finished) => {
      context.progress({ phase: "generate", done: finished, total: tokens.length, unit: "prompts", metrics: {} });
      await context.yield();
    });
  }

  dispose(): void {
    this.#session.dispose();
  }
}

/**
 * Lets a model respond to some lists of prompts, one list after another, with one decoding session:
 * compiling it takes as long as some hundred tokens. The session has `batchSize` rows and the
 * shapes for `samples` whichever lists there are. Its last bits then depend on other lists by two
 * things only: the longest prompt of all (the cache's capacity), and whether there is enough to do
 * to compile its step.
 * @param lists token ids of all prompts that `work` has the model respond to
 */
export async function respondTo<T>(
  model: OpenModel,
  lists: readonly (readonly (readonly number[])[])[],
  settings: StageWith<"evaluate">,
  context: StageContext,
  work: (responder: Responder) => Promise<T>,
): Promise<T> {
  await loadBackend();
  const { batchSize: rows, maxNewTokens, samples } = settings;
  const room = {
    rows,
    longestPrompt: Math.max(...lists.map(longestPrompt)),
    maxNewTokens,
    steps: lists.reduce((sum, list) => sum + Math.ceil(list.length / rows), 0) * maxNewTokens,
    samples: Math.min(samples, rows),
  };
  const responder = new Responder(model, { ...settings, ...room }, context);
  try {
    return await work(responder);
  } finally {
    responder.dispose();
  }
}
