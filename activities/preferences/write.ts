import { readInstructions, type InstructionRow } from "../../formats/dataset.js";
import { readPairs, writePairs, type Pair, type Pairs } from "../../formats/pairs.js";
import type { DecodingSession } from "../../lm/decode/decoding-session.js";
import { generate } from "../../lm/decode/generate.js";
import { PawlError } from "../../platform/errors.js";
import { least } from "../../platform/extremes.js";
import type { StageWith } from "../../schemas/stages/index.js";
import { loadBackend } from "../../tensor/backend.js";
import { uniform } from "../../platform/random.js";
import { openSession, promptTokens, roomFor } from "../models/responses.js";
import { openModel, type OpenModel } from "../models/model.js";
import type { StageContext } from "../stage.js";

type Settings = StageWith<"collect-preferences">;

/**
 * Maximum number of responses to a prompt beyond the first two, written until two of them differ
 * and are not blank.
 */
const furtherSamples = 4;
/**
 * Batches of responses that are written as one group; a checkpoint holds all of a group or none.
 */
const batchesAtOnce = 4;

interface Question {
  row: InstructionRow;
  tokens: number[];
}

/**
 * Pairs of responses to every prompt: two samples that differ, in random order. The random numbers
 * of a sample depend on the seed, the prompt's place and the sample's number alone. Resumes from
 * the newest checkpoint, and saves one at its end.
 * @throws PawlError DATA_EMPTY, CONTEXT_EXCEEDED; `signal.reason` after saving, when the stage must
 *   stop
 */
export async function writeAllPairs(settings: Settings, context: StageContext): Promise<Pairs> {
  const model = await openModel(settings.model, context);
  const { questions, tooLong } = await readQuestions(settings, model, context);
  const checkpoint = await context.checkpoints.latest();
  const written = checkpoint ? await readPairs(checkpoint.directory) : noPairs(tooLong);
  const state = () => ({ step: written.prompts, write: (directory: string) => writePairs(directory, written) });
  // People may be offered more pairs than requested; a judge decides every pair that it receives.
  const wanted = (settings.judge && settings.count) ?? Infinity;
  const complete = () => written.prompts === questions.length || written.pairs.length >= wanted;
  if (complete()) return written;
  await loadBackend();
  const prompts = questions.flatMap(({ tokens }) => [tokens, tokens]);
  const session = openSession(model, { ...settings, ...roomFor(prompts, { ...settings, samples: 2 }) });
  const samples = new Samples(session, model, settings, context, () => tell(written, questions.length, context));
  try {
    await context.checkpointEvery(state, async (betweenSteps) => {
      while (!complete()) {
        await betweenSteps();
        const first = written.prompts;
        const batch = questions.slice(first, first + Math.max(1, (batchesAtOnce * session.rows) >> 1));
        add(written, batch, await samples.of(batch, first), context.seed);
      }
    });
  } finally {
    session.dispose();
  }
  await context.checkpoints.save(written.prompts, (directory) => writePairs(directory, written));
  return written;
}

const noPairs = (tooLong: number): Pairs => ({ pairs: [], prompts: 0, tooLong, identical: 0, blank: 0 });

function tell({ prompts }: Pairs, total: number, context: StageContext): void {
  context.progress({ phase: "write", done: prompts, total, unit: "prompts", metrics: {} });
}

async function readQuestions(settings: Settings, model: OpenModel, context: StageContext) {
  const rows: InstructionRow[] = [];
  for (const ref of settings.prompts)
    for await (const row of readInstructions(await context.openArtifact(ref)))
      if (rows.length < (settings.limit ?? Infinity)) rows.push(row);
  if (rows.length === 0)
    throw new PawlError("DATA_EMPTY", "there are no prompts to respond to", {
      where: "with.prompts",
      expected: "at least one instruction",
      got: "0 rows",
      next: "check the dataset stage before: source, query, limit, heldOut",
    });
  const prompts = rows.map(({ instruction }) => instruction);
  const tokens = await promptTokens(model, prompts, true);
  const longest = model.architecture.contextLength;
  const questions = rows.flatMap((row, i): Question[] =>
    tokens[i]!.length <= longest ? [{ row, tokens: tokens[i]! }] : [],
  );
  const tooLong = rows.length - questions.length;
  if (questions.length === 0) throw allTooLong(least(tokens.map((ids) => ids.length)), longest);
  if (tooLong > 0) context.log(`${tooLong} of ${rows.length} prompts are longer than ${longest} tokens: left out`);
  return { questions, tooLong };
}

function allTooLong(shortest: number, longest: number): PawlError {
  return new PawlError("CONTEXT_EXCEEDED", "every prompt is longer than the model's context", {
    where: "with.prompts",
    expected: `prompts of at most ${longest} tokens`,
    got: `the shortest has ${shortest}`,
    next: "shorten the prompts, or pretrain with a larger architecture.contextLength",
  });
}

/** Writes responses until each prompt has two usable ones. */
class Samples {
  constructor(
    private readonly session: DecodingSession,
    private readonly model: OpenModel,
    private readonly settings: Settings,
    private readonly context: StageContext,
    private readonly tell: () => void,
  ) {}

  /**
   * All responses to each of some questions, in the order in which they were written.
   * @param first place of the first
   */
  async of(batch: readonly Question[], first: number): Promise<string[][]> {
    const all: string[][] = batch.map(() => []);
    const everyone = batch.map((_, q) => q);
    await this.#write(batch, first, all, everyone.flatMap((q) => [q, q])); // prettier-ignore
    for (let further = 0; further < furtherSamples; further++) {
      const wanting = everyone.filter((q) => usable(all[q]!).length < 2);
      if (wanting.length > 0) await this.#write(batch, first, all, wanting);
    }
    return all;
  }

  async #write(batch: readonly Question[], first: number, all: string[][], which: readonly number[]): Promise<void> {
    const had = all.map((texts) => texts.length);
    const prompts = which.map((q) => ({ tokens: batch[q]!.tokens, number: first + q, sample: had[q]!++ }));
    const { maxNewTokens } = this.settings;
    const generation = { maxNewTokens, stop: this.model.tokens.stop, seed: this.context.seed };
    const completions = await generate(this.session, prompts, generation, async () => {
      this.tell();
      await this.context.yield();
    });
    for (const [i, { tokens }] of completions.entries())
      all[which[i]!]!.push(await this.model.tokenizer.decode(tokens));
  }
}

/**
 * The responses that are neither blank nor equal to an earlier one, ignoring white space around
 * them.
 */
function usable(texts: readonly string[]): string[] {
  const trimmed = texts.map((text) => text.trim());
  return texts.filter((_, i) => trimmed[i] !== "" && trimmed.indexOf(trimmed[i]!) === i);
}

function add(written: Pairs, batch: readonly Question[], all: readonly string[][], seed: number): void {
  for (const [q, { row }] of batch.entries()) {
    const [one, other] = usable(all[q]!);
    const swapped = isSwapped(seed, written.prompts);
    written.prompts++;
    if (one === undefined) written.blank++;
    else if (other === undefined) written.identical++;
    else written.pairs.push(toPair(row, swapped ? [other, one] : [one, other]));
  }
}

/** Whether the response written second is shown first. @param index of the prompt */
export function isSwapped(seed: number, index: number): boolean {
  return uniform(seed, "which response is shown first", index) < 0.5;
}

function toPair({ instruction, response, task, entity }: InstructionRow, [first, second]: [string, string]): Pair {
  const about = { ...(task !== undefined && { task }), ...(entity !== undefined && { entity }) };
  return { prompt: instruction, first, second, reference: response, ...about };
}
