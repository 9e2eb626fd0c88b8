import { readSamples, writeSamples, type Sample } from "../../formats/samples.js";
import { decodingOf } from "../../lm/decode/decoding.js";
import { generate, type Decoding } from "../../lm/decode/generate.js";
import { TextStream } from "../../lm/text/text-stream.js";
import type { StageWith } from "../../schemas/stages/index.js";
import { loadBackend } from "../../tensor/backend.js";
import type { OpenModel } from "../models/model.js";
import type { StageContext } from "../stage.js";

type Settings = StageWith<"generate">;

/**
 * Samples for all prompts, in batches. Goes on from the newest checkpoint, which holds whole batches.
 * @param prompts token ids of each prompt, all within the context
 * @throws `signal.reason` after saving, when told to stop
 */
export async function writeAll(
  model: OpenModel,
  prompts: readonly (readonly number[])[],
  settings: Settings,
  context: StageContext,
): Promise<Sample[]> {
  const checkpoint = await context.checkpoints.latest();
  const samples = checkpoint ? await readSamples(checkpoint.folder) : [];
  if (samples.length === prompts.length) return samples;
  const state = () => ({ step: samples.length, write: (folder: string) => writeSamples(folder, samples) });
  await loadBackend();
  const longest = prompts.reduce((most, ids) => Math.max(most, ids.length), 0);
  const rows = Math.min(settings.batchSize, prompts.length);
  // With room for all of them, and each batch read anew, a batch's bits do not depend on those before it.
  const size = { rows, tokens: longest + settings.maxNewTokens, reuse: false };
  const session = decodingOf(model.architecture, model.weights, size);
  const writer = new Writer(session, model, settings, context);
  try {
    await context.checkpointEvery(state, async (betweenBatches) => {
      while (samples.length < prompts.length) {
        await betweenBatches();
        const first = samples.length;
        samples.push(...(await writer.batch(prompts.slice(first, first + rows), first)));
      }
    });
  } finally {
    session.dispose();
  }
  return samples;
}

/** Writes one batch after another. */
class Writer {
  readonly #begun = performance.now();
  #tokens = 0;

  constructor(
    private readonly session: Decoding,
    private readonly model: OpenModel,
    private readonly settings: Settings,
    private readonly context: StageContext,
  ) {}

  /** @param first place of the first prompt among all */
  async batch(prompts: readonly (readonly number[])[], first: number): Promise<Sample[]> {
    const { model, settings, context } = this;
    const streams = prompts.map(() => new TextStream((token) => model.tokenizer.bytesOf(token), settings.stop));
    const written = prompts.map((): Pick<Sample, "text" | "stop"> => ({ text: "" }));
    const onToken = (place: number, token: number): boolean => {
      const { text, stop } = streams[place]!.add(token);
      const before = written[place]!.text;
      written[place] = { text: before + text, ...(stop !== undefined && { stop }) };
      this.#tokens++;
      return stop !== undefined;
    };
    const numbers = prompts.map((_, i) => first + i);
    const generation = { ...settings, stop: model.tokens.stop, seed: context.seed, numbers, onToken };
    const completions = await generate(this.session, prompts, generation, () => this.#pause(first));
    return completions.map(({ tokens, reason }, i): Sample => {
      const { text, stop } = written[i]!;
      const prompt = settings.prompts[first + i]!;
      if (stop !== undefined) return { prompt, text, tokens: tokens.length, reason, stop };
      return { prompt, text: text + streams[i]!.end(), tokens: tokens.length, reason };
    });
  }

  async #pause(done: number): Promise<void> {
    const tokensPerSecond = (1000 * this.#tokens) / (performance.now() - this.#begun);
    const total = this.settings.prompts.length;
    this.context.progress({ phase: "generate", done, total, unit: "prompts", metrics: { tokensPerSecond } });
    await this.context.yield();
  }
}
