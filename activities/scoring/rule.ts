import type { Judge } from "../../schemas/fields/scoring.js";
import type { ScoredRow } from "./scorer.js";

/** What a rule is opened with: plain data, because it may go to a process. */
export interface RuleSettings {
  kind: Exclude<Judge["kind"], "rewardModel">;
  /** Of a verifier: right or not; of a judge: the more the better. They differ for regex. */
  role: "verifier" | "judge";
  pattern?: string;
  /** Absolute path of a module's file. */
  file?: string;
  stepLimit: number;
  /** Absent: the rule bounds its own work, by steps. */
  timeLimitMs?: number;
  memoryLimitBytes: number;
}

/** A score for a response. @throws RuleFailure, or anything, which counts as an error */
export type Rule = (row: ScoredRow) => number | Promise<number>;

/**
 * How a rule comes to no verdict, on every machine alike. badReference: it is the row's reference that does not do;
 * stepLimit: a budget of steps is spent. Time is none: a rule that meets its time limit has failed the attempt.
 */
export type Failure = "error" | "stepLimit" | "outOfMemory" | "notFinite" | "badReference";

/** What came of one response. */
export type Verdict = { score: number } | { failure: Failure; message: string };

export class RuleFailure extends Error {
  constructor(
    readonly failure: Failure,
    message: string,
  ) {
    super(message);
  }
}

/** What the machine could not give a rule: it says nothing of the response, and ends the attempt. */
export class MachineFailure extends Error {}

/** One kind of rule: a file in `rules/` and a line in its table. */
export interface RuleKind {
  /** Without the row's reference it says nothing. */
  needsReference: (settings: Pick<RuleSettings, "pattern">) => boolean;
  /** It runs what may not end, so it needs a process that can be killed. */
  inProcess: boolean;
  open: (settings: RuleSettings) => Rule | Promise<Rule>;
}

/** The verdict of a rule that is trusted to end. @throws MachineFailure */
export async function verdictOf(rule: Rule, row: ScoredRow): Promise<Verdict> {
  try {
    const score = await rule(row);
    if (Number.isFinite(score)) return { score };
    return { failure: "notFinite", message: `it gave ${score}` };
  } catch (error) {
    if (error instanceof MachineFailure) throw error;
    if (error instanceof RuleFailure) return { failure: error.failure, message: error.message };
    return { failure: "error", message: describeError(error) };
  }
}

/** A thrown value, which may be anything at all, as text. */
export function describeError(error: unknown): string {
  try {
    return String(error instanceof Error ? error.message : error).slice(0, 300);
  } catch {
    return "it threw something that has no text";
  }
}
