import { Type, type Static } from "@sinclair/typebox";
import { Artifact, OneOf, RelativePath } from "./basic.js";
import { isObject, type Json, type JsonObject } from "../../platform/json.js";
import { compilePattern } from "../../platform/pattern.js";
import { PatternProblem } from "../../platform/pattern-syntax.js";
import { metric, type ExternalInput, type Rule, type RuleProblem } from "../stage.js";

/** How long a module may take for a response where its settings do not say, ms. */
export const defaultTimeLimitMs = 60_000;

const ruleFields = {
  pattern: Type.Optional(
    Type.String({
      minLength: 1,
      description: "regex: a JavaScript regular expression, flags u and s, without lookaround and backreferences",
    }),
  ),
  path: Type.Optional(
    RelativePath({
      description: "module: a JavaScript file in stages/ or modules/ of the project; its default export is the rule",
    }),
  ),
  stepLimit: Type.Optional(
    Type.Integer({
      minimum: 10_000,
      maximum: 1_000_000_000,
      description: "code: most calls and turns of loops, in steps of 10,000; default 1,000,000",
    }),
  ),
  timeLimitMs: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 3_600_000,
      description: `module: a response that takes longer, ms, fails the attempt; default ${defaultTimeLimitMs}`,
    }),
  ),
  memoryLimitBytes: Type.Optional(
    Type.Integer({
      minimum: 1 << 24,
      maximum: 1 << 30,
      description: "code (default 32 MiB), module (default 256 MiB): most memory, bytes",
    }),
  ),
};

/** Rules that compare a response with the row's reference: what a verifier may be, and a judge too. */
const verifierKinds = ["number", "exact", "regex", "code", "module"] as const;

/**
 * A rule that says whether a response is right: 1 or 0 (a module: any number).
 * number: the last number in it equals the reference's; exact: equals the reference but for case and white space; regex:
 * matches the pattern, or without one the reference as a pattern; code: the JavaScript in it gives what the reference gives.
 */
export const verifier = Type.Object(
  {
    kind: OneOf(verifierKinds, { description: "what makes a response right" }),
    task: Type.Optional(Type.String({ minLength: 1, description: "only rows with this `task`; absent: all others" })),
    weight: Type.Number({ default: 1, description: "what the verdict is multiplied by" }),
    ...ruleFields,
  },
  { additionalProperties: false, description: "a rule that says whether a response is right" },
);

/** A rule in a person's place: of two responses that with the higher score is preferred; equal scores are a tie. */
export const judge = Type.Object(
  {
    kind: OneOf([...verifierKinds, "length", "rewardModel"], {
      description:
        "length: characters; regex: number of matches; rewardModel: its score; else as a verifier of that kind",
    }),
    prefer: OneOf(["more", "less"], { default: "more", description: "which score is the better one" }),
    rewardModel: Type.Optional(Artifact("reward-model", "rewardModel: the one that scores")),
    ...ruleFields,
  },
  { additionalProperties: false, description: "a rule in a person's place" },
);

export type Verifier = Static<typeof verifier>;
export type Judge = Static<typeof judge>;

/** Metrics of stages that have verifiers: how often no verdict came; the response scores 0 then. */
export const verifierMetrics = {
  verifierErrors: metric("responses", "responses whose verifier, or whose code, threw; they score 0"),
  verifierStepLimits: metric("responses", "responses whose code took more steps than stepLimit; they score 0"),
  verifierOutOfMemory: metric(
    "responses",
    "responses whose verifier, or whose code, took too much memory; they score 0",
  ),
  verifierNotFinite: metric("responses", "responses whose verifier gave NaN or infinity; they score 0"),
  verifierBadReferences: metric("responses", "responses to rows whose reference no response can meet; they score 0"),
};

/** The same of stages that have a judge. */
export const judgeMetrics = {
  judgeErrors: metric("responses", "responses whose judge, or whose code, threw; they score 0"),
  judgeStepLimits: metric("responses", "responses whose code took more steps than stepLimit; they score 0"),
  judgeOutOfMemory: metric("responses", "responses whose judge, or whose code, took too much memory; they score 0"),
  judgeNotFinite: metric("responses", "responses whose judge gave NaN or infinity; they score 0"),
  judgeBadReferences: metric("responses", "responses to rows whose reference no response can meet; they score 0"),
  judgeTooLong: metric(
    "responses",
    "responses beyond the reward model's context: scored by their beginning; 0 where the prompt fills it",
  ),
};

type RuleSettings = Omit<Judge, "prefer">;
type Field = Exclude<keyof RuleSettings, "kind">;
type At = RuleProblem["at"];

/** Which kinds a field goes with. */
const kindsOf: { readonly [F in Field]: readonly Judge["kind"][] } = {
  pattern: ["regex"],
  path: ["module"],
  rewardModel: ["rewardModel"],
  stepLimit: ["code"],
  timeLimitMs: ["module"],
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
    check: ({ verifiers = [] }) =>
      first(verifiers, ({ pattern }, i) => patternProblem(pattern, ["verifiers", i, "pattern"])),
  },
  { fields: ["verifiers"], check: ({ verifiers = [] }) => first(verifiers, (v, i) => oneForTask(v, i, verifiers)) },
];

/** Conditions over the fields of `judge`; for a reward model, only that it is given. */
export const judgeRules: readonly Rule<{ judge?: Judge }>[] = [
  {
    fields: ["judge.kind"],
    check: ({ judge }) => judge && fieldsFit(judge, ["judge"], ["pattern", "path", "rewardModel"]),
  },
  {
    fields: ["judge.kind", "judge.pattern"],
    check: ({ judge }) => patternProblem(judge?.pattern, ["judge", "pattern"]),
  },
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

function fieldsFit(settings: RuleSettings, at: At, needed: readonly Field[]): RuleProblem | undefined {
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

/** What is wrong with a regular expression, if there is one. */
export function patternProblem(pattern: string | undefined, at: At): RuleProblem | undefined {
  if (pattern === undefined) return undefined;
  try {
    compilePattern(pattern, { dotAll: true });
    return undefined;
  } catch (error) {
    if (!(error instanceof PatternProblem)) throw error;
    return {
      code: "NOT_ALLOWED",
      at,
      message: `must be a regular expression: ${error.message}`,
      next: error.next,
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

/** Settings, in which expressions may stand, with other time limits of the modules that their verifiers and judge name. */
export function withTimeLimits(settings: JsonObject, limited: (timeLimitMs: number) => number): JsonObject {
  const changed = (rule: Json): Json => {
    if (!isObject(rule) || rule["kind"] !== "module") return rule;
    const { timeLimitMs = defaultTimeLimitMs } = rule;
    return typeof timeLimitMs === "number" ? { ...rule, timeLimitMs: limited(timeLimitMs) } : rule;
  };
  const { verifiers, judge } = settings;
  return {
    ...settings,
    ...(Array.isArray(verifiers) && { verifiers: verifiers.map(changed) }),
    ...(judge !== undefined && { judge: changed(judge) }),
  };
}

/** The code of modules of verifiers and a judge, with what they import, belongs to a stage's key. */
export function modulesRead(settings: { verifiers?: Verifier[]; judge?: Judge }): ExternalInput[] {
  return modulePaths(settings).map(({ where, path }) => ({ where: `with.${where}`, module: path }));
}

/** The settings that name a module of the user's, which runs. */
export function modulesRun(settings: { verifiers?: Verifier[]; judge?: Judge }): string[] {
  return modulePaths(settings).map(({ where }) => where);
}

function modulePaths({ verifiers = [], judge }: { verifiers?: Verifier[]; judge?: Judge }) {
  const rules = [
    ...verifiers.map(({ path }, i) => ({ where: `verifiers[${i}].path`, path })),
    { where: "judge.path", path: judge?.path },
  ];
  return rules.flatMap(({ where, path }) => (path === undefined ? [] : [{ where, path }]));
}
