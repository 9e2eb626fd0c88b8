import { PawlError } from "../../platform/errors.js";

/**
 * Refuses a sequence that a decoder cannot hold.
 * @param length tokens, prompt and response
 * @param longest maximum number of tokens
 * @throws PawlError CONTEXT_EXCEEDED, DATA_EMPTY
 */
export function checkSequenceLength(length: number, longest: number): void {
  if (length === 0) throw new PawlError("DATA_EMPTY", "a prompt has no tokens", { expected: "at least one token" });
  if (length > longest)
    throw new PawlError("CONTEXT_EXCEEDED", "the sequence is longer than the model's context or its cache", {
      expected: `at most ${longest} tokens`,
      got: `${length} tokens`,
      next: "shorten the prompt or the response, or pretrain with a larger architecture.contextLength",
    });
}
