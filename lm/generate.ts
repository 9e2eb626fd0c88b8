import { uniform } from "../tensor/random.js";
import type { Decoder } from "./decoder.js";
import { penalises, sampleToken, type SamplingSettings } from "./sampling.js";

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
  decoder: Decoder,
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
  decoder: Decoder,
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
  const tokens = new Int32Array(decoder.rows);
  const positions = new Int32Array(decoder.rows);
  while (rows.some((row) => row.reason === undefined)) {
    await between();
    rows.forEach((row, r) => {
      tokens[r] = row.last;
      positions[r] = row.position;
    });
    const logits = decoder.decode(tokens, positions);
    const size = decoder.vocabularySize;
    rows.forEach((row, r) => advance(row, logits.subarray(r * size, (r + 1) * size), settings, decoder.slots));
  }
  return rows.map(({ tokens, reason, end }) => ({ tokens, reason: reason!, ...(end === undefined ? {} : { end }) }));
}

/** Takes the next token of a row from its logits; a row that has ended stays as it is and is decoded again in vain. */
function advance(row: Row, logits: Float32Array, settings: GenerationSettings, slots: number): void {
  if (row.reason !== undefined) return;
  const seen = penalises(settings) ? [...row.prompt, ...row.tokens] : [];
  const random = uniform(settings.seed, `sample ${row.number}`, row.tokens.length);
  const next = sampleToken(logits, settings, random, seen);
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
