/** The certain part of the text that a token has added, and whether the response ends here. */
export interface Written {
  text: string;
  /** The stop sequence that was found; the text ends before it. */
  stop?: string;
}

/**
 * The text of a response as its tokens come. It holds back the bytes of an incomplete character,
 * and text that may become a stop sequence: stop sequences may begin and end inside tokens.
 */
export class TextStream {
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  #held = "";

  /**
   * @param tokenBytes the bytes of a token, none for a special one
   * @param stop texts that end the response; none is empty
   */
  constructor(
    private readonly tokenBytes: (token: number) => Uint8Array,
    private readonly stop: readonly string[],
  ) {}

  /** Takes the next token; nothing may follow after a stop sequence. */
  add(token: number): Written {
    this.#held += this.#decoder.decode(this.tokenBytes(token), { stream: true });
    const found = this.stop
      .map((sequence) => ({ sequence, at: this.#held.indexOf(sequence) }))
      .filter(({ at }) => at >= 0)
      .sort((a, b) => a.at - b.at || b.sequence.length - a.sequence.length)[0];
    if (found) return { text: this.#held.slice(0, found.at), stop: found.sequence };
    return { text: this.#release(this.#held.length - this.#unsure()) };
  }

  /** The rest, if there was no stop sequence; a character cut in two becomes U+FFFD. */
  end(): string {
    this.#held += this.#decoder.decode();
    return this.#release(this.#held.length);
  }

  #release(length: number): string {
    const text = this.#held.slice(0, length);
    this.#held = this.#held.slice(length);
    return text;
  }

  /** Length of the longest end of the held text that begins a stop sequence. */
  #unsure(): number {
    const longest = this.stop.reduce((most, { length }) => Math.max(most, length - 1), 0);
    for (let length = Math.min(longest, this.#held.length); length > 0; length--) {
      const end = this.#held.slice(-length);
      if (this.stop.some((sequence) => sequence.startsWith(end))) return length;
    }
    return 0;
  }
}
