/** A response, and what is known of the question that it answers. */
export interface ScoredRow {
  prompt: string;
  response: string;
  /** The right answer, or what the rule uses instead: a pattern, code. */
  reference?: string;
  task?: string;
}

/** Gives each response a number: verifiers, or a judge. */
export interface Scorer {
  /** For people: "number; code (task sums)". */
  describe: string;
  /** One score a row, in their order; finite. What fails scores 0 and is counted. */
  score(rows: readonly ScoredRow[]): Promise<number[]>;
  /**
   * Failures since it was opened, by metric name.
   * @throws PawlError CONTEXT_EXCEEDED, MODULE_INVALID if no response could be judged
   */
  counts(): Record<string, number>;
  close(): Promise<void>;
}
