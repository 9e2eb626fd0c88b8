import type { Rule, RuleProblem } from "../stage.js";
import type { Judge, Verifier } from "./scoring.js";

type Settings = Omit<Judge, "prefer">;
type Field = Exclude<keyof Settings, "kind">;
type At = RuleProblem["at"];

/** Which kinds a field goes with. */
const kindsOf: { readonly [F in Field]: readonly Judge["kind"][] } = {
  pattern: ["regex"],
  path: ["module"],
  rewardModel: ["rewardModel"],
  stepLimit: ["code"],
  timeLimitMs: ["regex", "code", "module"],
  memoryLimitBytes: ["code", "module"],
};

/** Conditions over the fields of each of `verifiers`; a regex without a pattern takes the row's reference as one. */
export const verifierRules: readonly Rule<{ verifiers?: Verifier[] }>[] = [
  {
    fields: ["verifiers"],
    check: ({ verifiers = [] }) => first(verifiers, (v, i) => fieldsFit(v, ["verifiers", i], ["path"])),
  },
  {
    fields: ["verifiers"],
    check: ({ verifiers = [] }) => first(verifiers, (v, i) => patternCompiles(v, ["verifiers", i])),
  },
  { fields: ["verifiers"], check: ({ verifiers = [] }) => first(verifiers, (v, i) => oneForTask(v, i, verifiers)) },
];

/** Conditions over the fields of `judge`; of a reward model only that there is one. */
export const judgeRules: readonly Rule<{ judge?: Judge }>[] = [
  {
    fields: ["judge.kind"],
    check: ({ judge }) => judge && fieldsFit(judge, ["judge"], ["pattern", "path", "rewardModel"]),
  },
  { fields: ["judge.kind", "judge.pattern"], check: ({ judge }) => judge && patternCompiles(judge, ["judge"]) },
];

function first<T>(
  list: readonly T[],
  check: (item: T, index: number) => RuleProblem | undefined,
): RuleProblem | undefined {
  for (const [index, item] of list.entries()) {
    const problem = check(item, index);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function fieldsFit(settings: Settings, at: At, needed: readonly Field[]): RuleProblem | undefined {
  for (const [field, kinds] of Object.entries(kindsOf) as [Field, readonly Judge["kind"][]][]) {
    const fits = kinds.includes(settings.kind);
    if (settings[field] !== undefined && !fits)
      return {
        code: "NOT_ALLOWED",
        at: [...at, field],
        message: `goes with kind ${kinds.join(", ")} only, not with ${settings.kind}`,
        next: `remove ${field}, or change kind`,
      };
    if (settings[field] === undefined && fits && needed.includes(field))
      return {
        code: "MISSING_KEY",
        at,
        message: `of kind ${settings.kind} needs ${field}`,
        next: `add ${field}, or change kind`,
      };
  }
  return undefined;
}

function patternCompiles({ pattern }: Settings, at: At): RuleProblem | undefined {
  if (pattern === undefined) return undefined;
  try {
    new RegExp(pattern, "su");
    return undefined;
  } catch (error) {
    return {
      code: "NOT_ALLOWED",
      at: [...at, "pattern"],
      message: `must be a regular expression: ${(error as Error).message}`,
      next: "correct it; flags are u and s, so only characters with a meaning may follow a backslash",
    };
  }
}

function oneForTask({ task }: Verifier, index: number, verifiers: readonly Verifier[]): RuleProblem | undefined {
  const earlier = verifiers.findIndex((other) => other.task === task);
  if (earlier === index) return undefined;
  return {
    code: "NOT_ALLOWED",
    at: ["verifiers", index],
    message: `serves ${task === undefined ? "rows without a verifier of their task" : `task ${task}`}, as verifiers[${earlier}] does`,
    next: "give each its own task, or remove one",
  };
}
