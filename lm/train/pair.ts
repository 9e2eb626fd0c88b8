/** Two responses to one prompt, as token ids with the token that ends them. */
export interface Pair {
  prompt: readonly number[];
  chosen: readonly number[];
  rejected: readonly number[];
  /** How much higher the chosen one should score. */
  margin: number;
}
