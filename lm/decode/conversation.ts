import { PawlError } from "../../platform/errors.js";
import { yieldProcess } from "../../platform/processes/yield-process.js";
import { encodeChats, encodePrompts } from "../text/chat.js";
import type { DecodingSession } from "./decoding-session.js";
import { generate } from "./generate.js";
import { TextStream } from "../text/text-stream.js";
import type { Tokenizer } from "../text/tokenizer.js";

export interface ConversationSettings {
  maxNewTokens: number;
  /** Texts that end a response. */
  stop: readonly string[];
  seed: number;
  /**
   * Questions and responses in the chat template; else each line is a text to continue, and no
   * history is kept.
   */
  chat: boolean;
  /** No history is kept: each question is the first. */
  singleTurn?: boolean;
  /** The system message before the first question; in the chat template only. */
  system?: string;
}

export interface Speech {
  text: string;
  /** What the model read: all turns in the chat template, or the text to continue. */
  prompt: string;
  /** Tokens written. */
  tokens: number;
  /** Tokens that had to be read before: those of the prompt that were not in the cache. */
  read: number;
  /** Earlier turns that were dropped to make room. */
  forgotten: number;
  reason: "stop" | "length" | "context" | "interrupted";
  /** The stop sequence that ended it. */
  stop?: string;
  /** Time for writing, without reading. */
  seconds: number;
}

/**
 * A conversation with a model. Turns are kept as the token ids that were read and written, so that
 * each new prompt continues exactly where the cache ends.
 */
export class Conversation {
  /** Token ids of each question with its response. */
  readonly #turns: number[][] = [];
  #turnCount = 0;

  /** @param tokens ids that end a response, and the one that begins a text */
  constructor(
    private readonly session: DecodingSession,
    private readonly tokenizer: Tokenizer,
    private readonly tokens: { stop: readonly number[]; endOfText: number },
    private readonly settings: ConversationSettings,
  ) {}

  /** Compiles the steps that the first response needs. */
  async warmUp(): Promise<void> {
    const once = { ...this.settings, maxNewTokens: 2, stop: [] };
    await generate(this.session, [{ tokens: [this.tokens.endOfText], number: 0 }], once, () => yieldProcess());
  }

  /**
   * Sends a message; the response comes in pieces.
   * @param signal ends the response immediately
   * @throws PawlError DATA_EMPTY, CONTEXT_EXCEEDED: then the conversation is unchanged
   */
  async ask(question: string, onText: (text: string) => void, signal?: AbortSignal): Promise<Speech> {
    if (question.trim() === "")
      throw new PawlError("DATA_EMPTY", "the message is empty", { expected: "some text", got: "none" });
    const { prompt, turn, forgotten } = await this.#prompt(question);
    const read = this.session.read([{ rows: [0], tokens: prompt }]);
    const stream = new TextStream((token) => this.tokenizer.tokenBytes(token), this.settings.stop);
    let [text, stop] = ["", undefined as string | undefined];
    const emit = (piece: string): void => {
      text += piece;
      if (piece !== "") onText(piece);
    };
    const onToken = (_: number, token: number): boolean => {
      const written = stream.add(token);
      emit(written.text);
      stop = written.stop;
      return stop !== undefined || signal?.aborted === true;
    };
    const begun = performance.now();
    const settings = { ...this.settings, stop: this.tokens.stop, onToken };
    const prompts = [{ tokens: prompt, number: this.#turnCount++ }];
    const [completion] = await generate(this.session, prompts, settings, () => yieldProcess());
    const seconds = (performance.now() - begun) / 1000;
    if (stop === undefined) emit(stream.end());
    const { tokens, reason, end } = completion!;
    const { chat, singleTurn } = this.settings;
    if (chat && !singleTurn) await this.#remember([...turn, ...tokens]);
    const ended = end === undefined && stop === undefined && reason === "stop" ? "interrupted" : reason;
    return {
      text,
      prompt: await this.tokenizer.decode(prompt, { keepSpecial: true }),
      tokens: tokens.length,
      read,
      forgotten,
      reason: ended,
      seconds,
      ...(stop !== undefined && { stop }),
    };
  }

  /**
   * The prompt's ids, and those that this turn adds to it. The oldest turns are dropped if they
   * leave no room for a response.
   */
  async #prompt(question: string): Promise<{ prompt: number[]; turn: number[]; forgotten: number }> {
    const { chat, maxNewTokens, system } = this.settings;
    const most = this.session.contextLength;
    const turn = chat
      ? (await encodePrompts(this.tokenizer, [question]))[0]!
      : [this.tokens.endOfText, ...(await this.tokenizer.encode(question))];
    const begin = chat && system !== undefined ? await this.#system(system) : [];
    const shortest = begin.length + turn.length;
    if (shortest > most)
      throw new PawlError("CONTEXT_EXCEEDED", "the prompt is longer than the model's context", {
        expected: `at most ${most} tokens`,
        got: `${shortest} tokens`,
        next: "shorten the message",
      });
    const room = Math.max(shortest, most - Math.min(maxNewTokens, Math.floor(most / 4)));
    const before = this.#turns.length;
    while (shortest + this.#turns.reduce((sum, { length }) => sum + length, 0) > room) this.#turns.shift();
    return { prompt: [...begin, ...this.#turns.flat(), ...turn], turn, forgotten: before - this.#turns.length };
  }

  async #system(content: string): Promise<number[]> {
    return (await encodeChats(this.tokenizer, [[{ role: "system", content }]]))[0]!.ids;
  }

  /** Keeps a turn, ended as the template ends it. */
  async #remember(ids: readonly number[]): Promise<void> {
    this.#turns.push([...ids, this.tokenizer.special.messageEnd, ...(await this.tokenizer.encode("\n"))]);
  }
}
