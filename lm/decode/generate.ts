import { greatest, least } from "../../platform/extremes.js";
import { RandomStream } from "../../platform/random.js";
import type { DecodingSession, Reading } from "./decoding-session.js";

/** A prompt to respond to. */
export interface Prompt {
  tokens: readonly number[];
  /** The prompt's number for drawing random numbers, whatever batch it is in. */
  number: number;
  /** The same for the response, if a prompt has several; default 0. */
  sample?: number;
}

export interface GenerationSettings {
  maxNewTokens: number;
  /** Ids that end a response; they are not part of it. */
  stop: readonly number[];
  seed: number;
  /**
   * Called with each chosen token of a response; true ends the response after it.
   * @param prompt its place among the prompts
   */
  onToken?: (prompt: number, token: number) => boolean;
}

export interface Completion {
  /** The response, without the token that ended it. */
  tokens: number[];
  /**
   * stop: an end token, or `onToken` returned true; length: maxNewTokens; context: the model's
   * longest sequence.
   */
  reason: "stop" | "length" | "context";
  /** The token that ended it, if one did. */
  end?: number;
}

/**
 * Responses to prompts, by continuous batching (Yu et al. 2022, "Orca"): rows whose responses have
 * ended take the next prompts, in their order, while the others continue. Departure: a prompt is
 * read by itself, between two calls that choose tokens, not in the same step. The random number of
 * a token is a function of (seed, prompt's number, sample, place in the response), and the
 * assignment of prompts to rows is a function of the responses alone; {@link DecodingSession}
 * documents what a response depends on.
 * @param prompts each 1 … session.contextLength tokens long; those that follow each other and are
 *   equal are read once
 * @param between awaited before every call: a place to yield and to stop (by throwing)
 * @returns in the order of the prompts
 * @throws PawlError CONTEXT_EXCEEDED, DATA_EMPTY
 */
export async function generate(
  session: DecodingSession,
  prompts: readonly Prompt[],
  settings: GenerationSettings,
  between: (finished: number) => Promise<void>,
): Promise<Completion[]> {
  const batch = new Batch(session, prompts, settings);
  while (batch.unfinished) {
    await between(batch.finished);
    batch.admit();
    batch.choose();
  }
  return batch.completions;
}

/** A response that is being written. */
class PendingResponse {
  readonly tokens: number[] = [];
  reason: Completion["reason"] | undefined;
  end: number | undefined;
  last: number;
  position: number;
  readonly #random: RandomStream;

  constructor(
    readonly index: number,
    { tokens, number, sample = 0 }: Prompt,
    private readonly settings: GenerationSettings,
  ) {
    this.last = tokens.at(-1)!;
    this.position = tokens.length - 1;
    this.#random = new RandomStream(settings.seed, `prompt ${number}, sample ${sample}`);
  }

  /** Maximum number of tokens that are still to come. */
  get missing(): number {
    return this.settings.maxNewTokens - this.tokens.length;
  }

  /** The random number of the token after `ahead` others, 23 bits. */
  uniform(ahead: number): number {
    return Math.floor(this.#random.uniform(this.tokens.length + ahead) * 2 ** 23) / 2 ** 23;
  }

  /** Takes the next token; true if it is the last. */
  take(next: number, context: number): boolean {
    const { stop, maxNewTokens, onToken } = this.settings;
    if (stop.includes(next)) {
      this.end = next;
      this.reason = "stop";
      return true;
    }
    this.tokens.push(next);
    this.last = next;
    this.position++;
    if (onToken?.(this.index, next)) this.reason = "stop";
    else if (this.tokens.length >= maxNewTokens) this.reason = "length";
    else if (this.position >= context) this.reason = "context";
    return this.reason !== undefined;
  }
}

class Batch {
  readonly completions: Completion[] = [];
  finished = 0;
  #next = 0;
  readonly #rows: (PendingResponse | undefined)[];

  constructor(
    private readonly session: DecodingSession,
    private readonly prompts: readonly Prompt[],
    private readonly settings: GenerationSettings,
  ) {
    this.#rows = Array.from({ length: session.rows }, () => undefined);
  }

  get unfinished(): boolean {
    return this.finished < this.prompts.length;
  }

  /**
   * Gives the next prompts to the rows that have none, once these are a quarter of all or enough
   * for the remaining prompts: reading a few prompts takes nearly as long as reading many.
   */
  admit(): void {
    const free = this.#rows.filter((response) => response === undefined).length;
    const remaining = this.prompts.length - this.#next;
    if (free < Math.min(remaining, Math.ceil(this.#rows.length / 4))) return;
    const readings: { rows: number[]; tokens: readonly number[] }[] = [];
    const most = this.session.samples;
    for (let row = 0; row < this.#rows.length && this.#next < this.prompts.length; row++) {
      if (this.#rows[row]) continue;
      const prompt = this.prompts[this.#next]!;
      this.#rows[row] = new PendingResponse(this.#next++, prompt, this.settings);
      const before = readings.at(-1);
      if (before && before.rows.length < most && isEqual(before.tokens, prompt.tokens)) before.rows.push(row);
      else readings.push({ rows: [row], tokens: prompt.tokens });
    }
    if (readings.length > 0) this.session.read(readings satisfies Reading[]);
  }

  choose(): void {
    const { session } = this;
    const rows = this.#rows;
    const times = this.#times();
    const uniforms = new Float32Array(times * rows.length);
    rows.forEach((response, r) => {
      for (let t = 0; response && t < times; t++) uniforms[t * rows.length + r] = response.uniform(t);
    });
    const chosen = session.choose({
      tokens: Int32Array.from(rows, (response) => response?.last ?? 0),
      positions: Int32Array.from(rows, (response) => response?.position ?? -1),
      uniforms,
      times,
      missing: Int32Array.from(rows, (response) => response?.missing ?? 0),
    });
    for (let t = 0; t < times; t++)
      for (let r = 0; r < rows.length; r++)
        if (rows[r]?.take(chosen[t * rows.length + r]!, session.contextLength)) this.#finish(r);
  }

  /**
   * Tokens of the next call: none that no row needs, and none while a finished row keeps a prompt
   * waiting.
   */
  #times(): number {
    const missing = this.#rows.flatMap((response) => (response ? [response.missing] : []));
    const waiting = this.#next < this.prompts.length;
    const wanted = waiting ? least(missing) : greatest(missing);
    return Math.max(1, Math.min(wanted, this.session.maxConcurrent));
  }

  #finish(row: number): void {
    const { index, tokens, reason, end } = this.#rows[row]!;
    this.completions[index] = { tokens, reason: reason!, ...(end !== undefined && { end }) };
    this.#rows[row] = undefined;
    this.finished++;
  }
}

function isEqual(a: readonly number[], b: readonly number[]): boolean {
  return a === b || (a.length === b.length && a.every((token, i) => token === b[i]));
}
