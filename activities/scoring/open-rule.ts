import {
  defaultMemoryLimitBytes,
  defaultStepLimit,
  defaultTimeLimitMs,
  type Judge,
  type Verifier,
} from "../../schemas/fields/scoring.js";
import type { StageContext } from "../stage.js";
import { moduleFile } from "./code-roots.js";
import { applyRule, type RuleSettings, type Verdict } from "./rule.js";
import { RuleProcess } from "./rule-process.js";
import { rules } from "./rules/index.js";
import type { ScoredRow } from "./scorer.js";

/** A rule ready to judge, one row at a time. */
export interface OpenRule {
  needsReference: boolean;
  /**
   * @throws the stage's reason to stop; PawlError RULE_TIMEOUT, MODULE_INVALID,
   *   RESOURCES_EXHAUSTED: they end the attempt
   */
  judge(row: ScoredRow): Promise<Verdict>;
  close(): Promise<void>;
}

/**
 * Opens the rule that a verifier or a judge names.
 * @param where its place in `with`, for messages
 * @throws PawlError CODE_NOT_ALLOWED, DATA_MISSING, PATH_TRAVERSAL, MODULE_INVALID, RULE_TIMEOUT,
 *   RESOURCES_EXHAUSTED
 */
export async function openRule(
  given: (Verifier | Judge) & { kind: RuleSettings["kind"] },
  role: RuleSettings["role"],
  where: string,
  context: StageContext,
): Promise<OpenRule> {
  const { kind, pattern, memoryLimitBytes = defaultMemoryLimitBytes[kind === "module" ? "module" : "code"] } = given;
  const { stepLimit = defaultStepLimit, timeLimitMs = defaultTimeLimitMs } = given;
  const settings: RuleSettings = { kind, role, stepLimit, memoryLimitBytes };
  if (kind === "module") settings.timeLimitMs = timeLimitMs;
  if (pattern !== undefined) settings.pattern = pattern;
  if (given.path !== undefined)
    settings.file = (await moduleFile(given.path, `${where}.path`, context.workingDirectory)).file;
  const { needsReference, inProcess } = rules[kind];
  const opened = inProcess ? await openInProcess(settings, where, context) : await openHere(settings);
  return { ...opened, needsReference: needsReference(settings) };
}

type Opened = Pick<OpenRule, "judge" | "close">;

async function openHere(settings: RuleSettings): Promise<Opened> {
  const rule = await rules[settings.kind].open(settings);
  return { judge: (row) => applyRule(rule, row), close: async () => {} };
}

async function openInProcess(settings: RuleSettings, where: string, { signal }: StageContext): Promise<Opened> {
  const rule = new RuleProcess(settings, where);
  await rule.open(signal);
  return { judge: (row) => rule.run(row, signal), close: () => rule.close() };
}
