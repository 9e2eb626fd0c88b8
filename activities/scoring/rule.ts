import { describeError } from "../../platform/text/describe-error.js";
import type { Judge } from "../../schemas/fields/scoring.js";
import type { ScoredRow } from "./scorer.js";

/** What a rule is opened with: plain data, because it may go to a process. */
export interface RuleSettings {
  kind: Exclude<Judge["kind"], "rewardModel">;
  /** Of a verifier: right or not; of a judge: more is better. They differ for regex. */
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
 * Why a rule has no verdict, the same on every machine. badReference: the row's reference cannot be
 * used; stepLimit: the budget of steps is used up. Time is not among these: a rule that reaches its
 * time limit fails the attempt.
 */
export type Failure = "error" | "stepLimit" | "outOfMemory" | "notFinite" | "badReference";

/** The verdict on one response. */
export type Verdict = { score: number } | { failure: Failure; message: string };

export class RuleFailure extends Error {
  constructor(
    readonly failure: Failure,
    message: string,
  ) {
    super(message);
  }
}

/**
 * What the machine could not provide to a rule: it says nothing about the response, and ends the
 * attempt.
 */
export class MachineFailure extends Error {}

/** One kind of rule: a file in `rules/` and a line in its table. */
export interface RuleKind {
  /** Whether it needs the row's reference. */
  needsReference: (settings: Pick<RuleSettings, "pattern">) => boolean;
  /** Whether it runs code that may not terminate, so that it needs a process that can be killed. */
  inProcess: boolean;
  open: (settings: RuleSettings) => Rule | Promise<Rule>;
}

/** The verdict of a rule that is trusted to end. @throws MachineFailure */
export async function applyRule(rule: Rule, row: ScoredRow): Promise<Verdict> {
  try {
    const score = await rule(row);
    if (Number.isFinite(score)) return { score };
    return { failure: "notFinite", message: `it returned ${score}` };
  } catch (error) {
    if (error instanceof MachineFailure) throw error;
    if (error instanceof RuleFailure) return { failure: error.failure, message: error.message };
    return { failure: "error", message: describeError(error) };
  }
}
