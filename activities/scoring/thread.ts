/**
 * Program of the thread in which a rule runs: opens it, then replies to each row with a verdict.
 */
import { parentPort, workerData } from "node:worker_threads";
import { describeError } from "../../platform/text/describe-error.js";
import { applyRule, type Rule, type RuleSettings, type Verdict } from "./rule.js";
import { rules } from "./rules/index.js";
import type { ScoredRow } from "./scorer.js";

/**
 * The thread's replies: first whether the rule is open, then a verdict on each row, or what the
 * machine could not provide.
 */
export type ThreadReply =
  | { opened: true }
  | { opened: false; message: string }
  | { verdict: Verdict }
  | { machine: string };

const port = parentPort!;
const reply = (message: ThreadReply): void => port.postMessage(message);

async function open(settings: RuleSettings): Promise<void> {
  let rule: Rule;
  try {
    rule = await rules[settings.kind].open(settings);
  } catch (error) {
    return reply({ opened: false, message: describeError(error) });
  }
  port.on("message", (row: ScoredRow) => {
    applyRule(rule, row).then(
      (verdict) => reply({ verdict }),
      (error: unknown) => reply({ machine: describeError(error) }),
    );
  });
  reply({ opened: true });
}

void open(workerData as RuleSettings);
