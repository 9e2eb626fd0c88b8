import { PawlError } from "../../platform/errors.js";

/**
 * Refuses a sequence that a decoder cannot hold.
 * @param length tokens, prompt and answer
 * @param slots tokens that the cache holds at most
 * @throws PawlError CONTEXT_EXCEEDED, DATA_EMPTY
 */
export function checkSequenceLength(length: number, slots: number): void {
  if (length === 0) throw new PawlError("DATA_EMPTY", "a prompt has no tokens", { expected: "at least one token" });
  if (length > slots)
    throw new PawlError(
      "CONTEXT_EXCEEDED",
      "the sequence is longer than the model's context or the cache made for it",
      {
        expected: `at most ${slots} tokens`,
        got: `${length} tokens`,
        next: "shorten the prompt or the answer, or pretrain with a larger architecture.contextLength",
      },
    );
}
