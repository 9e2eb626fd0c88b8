import { readSamples, writeSamples, type Sample } from "../../formats/samples.js";
import type { DecodingSession } from "../../lm/decode/decoding-session.js";
import { generate } from "../../lm/decode/generate.js";
import { TextStream } from "../../lm/text/text-stream.js";
import { append } from "../../platform/lists.js";
import type { StageWith } from "../../schemas/stages/index.js";
import { loadBackend } from "../../tensor/backend.js";
import { openSession, roomFor } from "../models/responses.js";
import type { OpenModel } from "../models/model.js";
import type { StageContext } from "../stage.js";

type Settings = StageWith<"generate">;

/**
 * Batches of prompts that are processed as one group: a row whose response has ended takes the next
 * prompt of the group.
 */
const batchesAtOnce = 8;

/**
 * Samples for all prompts, some batches of them as one group. Resumes from the newest checkpoint,
 * which holds whole groups.
 * @param prompts token ids of each prompt, all within the context
 * @throws `signal.reason` after saving, when the stage must stop
 */
export async function writeAll(
  model: OpenModel,
  prompts: readonly (readonly number[])[],
  settings: Settings,
  context: StageContext,
): Promise<Sample[]> {
  const checkpoint = await context.checkpoints.latest();
  const samples = checkpoint ? await readSamples(checkpoint.directory) : [];
  if (samples.length === prompts.length) return samples;
  const state = () => ({ step: samples.length, write: (directory: string) => writeSamples(directory, samples) });
  await loadBackend();
  // With room for the longest of all, so that it never grows, and from empty rows: a group's bits
  // depend on no earlier group.
  const session = openSession(model, { ...settings, ...roomFor(prompts, settings) });
  const writer = new Writer(session, model, settings, context);
  try {
    await context.checkpointEvery(state, async (betweenWrites) => {
      while (samples.length < prompts.length) {
        await betweenWrites();
        const first = samples.length;
        append(samples, await writer.write(prompts.slice(first, first + batchesAtOnce * session.rows), first));
      }
    });
  } finally {
    session.dispose();
  }
  return samples;
}

/** Writes some samples after others. */
class Writer {
  readonly #begun = performance.now();
  #tokens = 0;

  constructor(
    private readonly session: DecodingSession,
    private readonly model: OpenModel,
    private readonly settings: Settings,
    private readonly context: StageContext,
  ) {}

  /** @param first place of the first prompt among all */
  async write(prompts: readonly (readonly number[])[], first: number): Promise<Sample[]> {
    const { model, settings, context } = this;
    const streams = prompts.map(() => new TextStream((token) => model.tokenizer.tokenBytes(token), settings.stop));
    const written = prompts.map((): Pick<Sample, "text" | "stop"> => ({ text: "" }));
    const onToken = (index: number, token: number): boolean => {
      const { text, stop } = streams[index]!.add(token);
      const before = written[index]!.text;
      written[index] = { text: before + text, ...(stop !== undefined && { stop }) };
      this.#tokens++;
      return stop !== undefined;
    };
    const { maxNewTokens } = settings;
    const numbered = prompts.map((tokens, i) => ({ tokens, number: first + i }));
    const generation = { maxNewTokens, stop: model.tokens.stop, seed: context.seed, onToken };
    const completions = await generate(this.session, numbered, generation, (done) => this.#pause(first + done));
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
