import { PawlError } from "../../platform/errors.js";
import type { Verifier } from "../../schemas/fields/scoring.js";
import type { StageContext } from "../stage.js";
import { openRule } from "./open-rule.js";
import { scoreRows, type WeightedRule } from "./score-rows.js";
import type { Scorer } from "./scorer.js";
import { Tally } from "./tally.js";

/**
 * Open verifiers: each row goes to that of its task, else to that without a task. Scores are
 * verdicts times weight.
 * @throws PawlError of opening: DATA_MISSING, PATH_TRAVERSAL, MODULE_INVALID; of scoring:
 *   DATA_INVALID for a row that no verifier matches or that has no reference
 */
export async function openVerifiers(verifiers: readonly Verifier[], context: StageContext): Promise<Scorer> {
  const opened = new Map<string | undefined, WeightedRule>();
  const close = async (): Promise<void> =>
    void (await Promise.all([...opened.values()].map(({ rule }) => rule.close())));
  try {
    for (const [i, verifier] of verifiers.entries()) {
      const rule = await openRule(verifier, "verifier", `with.verifiers[${i}]`, context);
      opened.set(verifier.task, { rule, weight: verifier.weight });
    }
  } catch (error) {
    await close();
    throw error;
  }
  const tally = new Tally("verifier", (line) => context.log(line));
  const findRule = (task: string | undefined): WeightedRule => {
    const found = opened.get(task) ?? opened.get(undefined);
    if (found === undefined) throw unserved(task, verifiers);
    return found;
  };
  return {
    describe: verifiers.map(describe).join("; "),
    score: (rows) => scoreRows(rows, ({ task }) => findRule(task), tally, context),
    counts: () => tally.counts(),
    close,
  };
}

function describe({ kind, task, weight }: Verifier): string {
  return `${kind}${task === undefined ? "" : ` (task ${task})`}${weight === 1 ? "" : ` × ${weight}`}`;
}

function unserved(task: string | undefined, verifiers: readonly Verifier[]): PawlError {
  return new PawlError("DATA_INVALID", "no verifier matches a row's task", {
    where: "with.verifiers",
    expected: `rows of task ${verifiers.map((verifier) => verifier.task).join(", ")}`,
    got: task === undefined ? "a row without a task" : `a row of task ${task}`,
    next: "add a verifier without a task: it matches all other rows",
  });
}
