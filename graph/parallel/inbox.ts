/**
 * Messages in the order they came; `next` waits for one. After a failure every `next` throws it.
 */
export class Inbox<T> {
  readonly #messages: T[] = [];
  #failure: Error | undefined;
  #wake: () => void = () => {};

  put(message: T): void {
    this.#messages.push(message);
    this.#wake();
  }

  fail(failure: Error): void {
    this.#failure ??= failure;
    this.#wake();
  }

  async next(): Promise<T> {
    while (this.#messages.length === 0 && !this.#failure) await new Promise<void>((resolve) => (this.#wake = resolve));
    if (this.#failure) throw this.#failure;
    return this.#messages.shift()!;
  }
}
