import { uniform } from "../../platform/random.js";
import { penalises, sampleToken, type SamplingSettings } from "./sampling.js";

/** What decodes for {@link generate}: a number of rows side by side. */
export interface Decoding {
  readonly rows: number;
  /** Longest sequence, prompt and answer. */
  readonly slots: number;
  readonly vocabularySize: number;
  /** Reads all but the last token of each prompt, 1 … slots long. */
  prefill(prompts: readonly ArrayLike<number>[]): void;
  /** Logits [rows · vocabulary] of what follows one token a row, each at its position. */
  decode(tokens: Int32Array, positions: Int32Array): Float32Array;
  /** The most probable tokens [times · rows] that follow. */
  greedy?(tokens: Int32Array, positions: Int32Array, times: number): Int32Array;
  readonly mostAtOnce?: number;
}

export interface GenerationSettings extends SamplingSettings {
  maxNewTokens: number;
  /** Ids that end an answer; they are not part of it. */
  stop: readonly number[];
  seed: number;
  /** The number that stands for each prompt where random numbers are drawn; default: its place among the prompts. */
  numbers?: readonly number[];
  /** Told each token of an answer as it is drawn; true ends the answer after it. @param prompt its place among the prompts */
  onToken?: (prompt: number, token: number) => boolean;
}

export interface Completion {
  /** The answer, without the token that ended it. */
  tokens: number[];
  /** stop: an end token, or `onToken` said so; length: maxNewTokens; context: the model's longest sequence. */
  reason: "stop" | "length" | "context";
  /** The token that ended it, where one did. */
  end?: number;
}

/**
 * Answers to prompts, in batches of the decoder's rows. The random number of a token is a function of (seed, number of the
 * prompt, index of the token), so that an answer does not depend on which prompts share its batch.
 * @param prompts token ids, each 1 … decoder.slots long
 * @param between awaited before every token: a place to give way and to stop (by throwing)
 */
export async function generate(
  decoder: Decoding,
  prompts: readonly (readonly number[])[],
  settings: GenerationSettings,
  between: (finished: number) => Promise<void>,
): Promise<Completion[]> {
  const all: Completion[] = [];
  for (let first = 0; first < prompts.length; first += decoder.rows)
    all.push(
      ...(await generateBatch(decoder, prompts.slice(first, first + decoder.rows), first, settings, () =>
        between(first),
      )),
    );
  return all;
}

interface Row {
  /** Its place among the prompts, and the number that stands for it where random numbers are drawn. */
  place: number;
  number: number;
  prompt: readonly number[];
  tokens: number[];
  last: number;
  position: number;
  reason?: Completion["reason"];
  end?: number;
}

async function generateBatch(
  decoder: Decoding,
  prompts: readonly (readonly number[])[],
  first: number,
  settings: GenerationSettings,
  between: () => Promise<void>,
): Promise<Completion[]> {
  decoder.prefill(prompts);
  const rows = prompts.map((prompt, i): Row => ({
    place: first + i,
    number: settings.numbers?.[first + i] ?? first + i,
    prompt,
    tokens: [],
    last: prompt.at(-1)!,
    position: prompt.length - 1,
  }));
  const pace = new Pace(decoder, settings);
  while (rows.some((row) => row.reason === undefined)) {
    await between();
    const tokens = Int32Array.from({ length: decoder.rows }, (_, r) => rows[r]?.last ?? 0);
    // A row that has ended may stand behind the last slot.
    const positions = Int32Array.from({ length: decoder.rows }, (_, r) =>
      Math.min(rows[r]?.position ?? 0, decoder.slots - 1),
    );
    const least = Math.min(...rows.flatMap((row) => (row.reason === undefined ? [row.tokens.length] : [])));
    const times = pace.next(settings.maxNewTokens - least);
    if (times === 0) sampleRows(rows, decoder.decode(tokens, positions), decoder, settings);
    else {
      const chosen = decoder.greedy!(tokens, positions, times);
      for (let t = 0; t < times; t++)
        rows.forEach((row, r) => take(row, chosen[t * decoder.rows + r]!, settings, decoder.slots));
    }
  }
  return rows.map(({ tokens, reason, end }) => ({ tokens, reason: reason!, ...(end === undefined ? {} : { end }) }));
}

/** How long a call may last, so that what it wrote is soon seen and it can soon be stopped. */
const patienceMs = 50;

/** How many tokens the next call chooses: as many as it can in the time, where the most probable ones are wanted; else none. */
class Pace {
  #times = 0;
  #begun = 0;

  constructor(
    private readonly decoder: Decoding,
    private readonly settings: GenerationSettings,
  ) {}

  /** @param wanted tokens at most */
  next(wanted: number): number {
    const { mostAtOnce } = this.decoder;
    if (mostAtOnce === undefined || this.settings.temperature !== 0 || penalises(this.settings)) return 0;
    const now = performance.now();
    const possible = this.#times === 0 ? 1 : Math.floor((this.#times * patienceMs) / (now - this.#begun));
    this.#begun = now;
    this.#times = Math.min(Math.max(possible, 1), 2 * Math.max(this.#times, 1), mostAtOnce, wanted);
    return this.#times;
  }
}

function sampleRows(rows: Row[], logits: Float32Array, decoder: Decoding, settings: GenerationSettings): void {
  const size = decoder.vocabularySize;
  rows.forEach((row, r) => {
    if (row.reason !== undefined) return;
    const seen = penalises(settings) ? [...row.prompt, ...row.tokens] : [];
    const random = uniform(settings.seed, `sample ${row.number}`, row.tokens.length);
    take(row, sampleToken(logits.subarray(r * size, (r + 1) * size), settings, random, seen), settings, decoder.slots);
  });
}

/** Takes the next token of a row; one that has ended stays as it is and is decoded again in vain. */
function take(row: Row, next: number, settings: GenerationSettings, slots: number): void {
  if (row.reason !== undefined) return;
  if (settings.stop.includes(next)) {
    row.reason = "stop";
    row.end = next;
    return;
  }
  row.tokens.push(next);
  row.last = next;
  row.position++;
  if (settings.onToken?.(row.place, next)) row.reason = "stop";
  else if (row.tokens.length >= settings.maxNewTokens) row.reason = "length";
  else if (row.position >= slots) row.reason = "context";
}
