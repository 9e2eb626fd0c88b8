import { Type, type Static } from "@sinclair/typebox";
import { Artifact, StringEnum, RelativePath } from "./basic.js";
import { isObject, type Json, type JsonObject } from "../../platform/json.js";
import { compilePattern } from "../../platform/text/pattern.js";
import { PatternProblem } from "../../platform/text/pattern-syntax.js";
import { metric, type ExternalInput, type Rule, type RuleProblem } from "../stage.js";

/** Default time limit of a module per response, ms. */
export const defaultTimeLimitMs = 60_000;
/** Default limits of rules; of memory by kind, bytes. */
export const defaultStepLimit = 1_000_000;
export const defaultMemoryLimitBytes = { code: 1 << 25, module: 1 << 28 };

const ruleFields = {
  pattern: Type.Optional(
    Type.String({
      minLength: 1,
      description: "regex: JavaScript regular expression with flags u and s, without lookaround and backreferences",
    }),
  ),
  path: Type.Optional(
    RelativePath({
      description: "module: JavaScript file in stages/ or modules/ of the project, whose default export is the rule",
    }),
  ),
  stepLimit: Type.Optional(
    Type.Integer({
      minimum: 10_000,
      maximum: 1_000_000_000,
      "x-default": defaultStepLimit,
      description: "code: maximum number of calls and loop iterations, in units of 10,000; default 1,000,000",
    }),
  ),
  timeLimitMs: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 3_600_000,
      description: `module: time limit per response, ms, beyond which the attempt fails; default ${defaultTimeLimitMs}`,
    }),
  ),
  memoryLimitBytes: Type.Optional(
    Type.Integer({
      minimum: 1 << 24,
      maximum: 1 << 30,
      "x-default": defaultMemoryLimitBytes,
      description: "code (default 32 MiB), module (default 256 MiB): maximum memory, bytes",
    }),
  ),
};

/** Rules that compare a response with the row's reference. Verifiers and judges can use them. */
const verifierKinds = ["number", "exact", "regex", "code", "module"] as const;

/**
 * A rule that decides whether a response is right: 1 or 0 (a module: any number). number: the last
 * number in it equals the reference's; exact: equals the reference except for case and white space;
 * regex: matches the pattern or, without one, the reference as a pattern; code: its JavaScript
 * returns what the reference returns.
 */
export const verifier = Type.Object(
  {
    kind: StringEnum(verifierKinds, { description: "how a response is checked" }),
    task: Type.Optional(
      Type.String({ minLength: 1, description: "rows to check: those with this `task`; default: all others" }),
    ),
    weight: Type.Number({ default: 1, description: "factor that multiplies the score" }),
    ...ruleFields,
  },
  { additionalProperties: false, description: "rule that decides whether a response is right" },
);

/**
 * A rule that chooses in place of a person: the response with the higher score wins, and equal
 * scores are a tie.
 */
export const judge = Type.Object(
  {
    kind: StringEnum([...verifierKinds, "length", "rewardModel"], {
      description:
        "what the score is; length: characters; regex: number of matches; rewardModel: its score; others: as in a verifier",
    }),
    prefer: StringEnum(["more", "less"], {
      default: "more",
      description: "whether a higher or a lower score is better",
    }),
    rewardModel: Type.Optional(Artifact("reward-model", "rewardModel: the reward model that scores responses")),
    ...ruleFields,
  },
  { additionalProperties: false, description: "rule that chooses instead of a person" },
);

export type Verifier = Static<typeof verifier>;
export type Judge = Static<typeof judge>;

/** Metrics of stages with verifiers: how often there was no verdict. Such responses score 0. */
export const verifierMetrics = {
  verifierErrors: metric("responses", "responses whose verifier or code threw an error; they score 0"),
  verifierStepLimits: metric("responses", "responses whose code exceeded stepLimit; they score 0"),
  verifierOutOfMemory: metric("responses", "responses whose verifier or code exceeded its memory limit; they score 0"),
  verifierNotFinite: metric("responses", "responses whose verifier returned NaN or infinity; they score 0"),
  verifierBadReferences: metric("responses", "responses to rows whose reference no response can match; they score 0"),
};

/** Metrics of stages with a judge. */
export const judgeMetrics = {
  judgeErrors: metric("responses", "responses whose judge or code threw an error; they score 0"),
  judgeStepLimits: metric("responses", "responses whose code exceeded stepLimit; they score 0"),
  judgeOutOfMemory: metric("responses", "responses whose judge or code exceeded its memory limit; they score 0"),
  judgeNotFinite: metric("responses", "responses whose judge returned NaN or infinity; they score 0"),
  judgeBadReferences: metric("responses", "responses to rows whose reference no response can match; they score 0"),
  judgeTooLong: metric(
    "responses",
    "responses longer than the reward model's context: scored by their beginning; 0 if the prompt fills it",
  ),
};

type RuleSettings = Omit<Judge, "prefer">;
type Field = Exclude<keyof RuleSettings, "kind">;
type At = RuleProblem["at"];

/** The kinds that use a field. */
const fieldKinds: { readonly [F in Field]: readonly Judge["kind"][] } = {
  pattern: ["regex"],
  path: ["module"],
  rewardModel: ["rewardModel"],
  stepLimit: ["code"],
  timeLimitMs: ["module"],
  memoryLimitBytes: ["code", "module"],
};

/**
 * Conditions over the fields of each of `verifiers`; a regex without a pattern uses the row's
 * reference as one.
 */
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

/** Conditions over the fields of `judge`; for a reward model, only that it is set. */
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
  for (const [field, kinds] of Object.entries(fieldKinds) as [Field, readonly Judge["kind"][]][]) {
    const fits = kinds.includes(settings.kind);
    if (settings[field] !== undefined && !fits)
      return {
        code: "NOT_ALLOWED",
        at: [...at, field],
        message: `is only valid with kind ${kinds.join(" or ")}, not with ${settings.kind}`,
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

/** Returns what is wrong with a regular expression, or undefined if it is valid or absent. */
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
    message: `matches ${task === undefined ? "rows without a verifier of their task" : `task ${task}`}, as verifiers[${earlier}] does`,
    next: "give each its own task, or remove one",
  };
}

/**
 * Settings (which may hold expressions) with changed time limits of the modules that their
 * verifiers and judge name.
 */
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

/**
 * The code of modules of verifiers and a judge, with what they import, belongs to a stage's key.
 */
export function modulesRead(settings: { verifiers?: Verifier[]; judge?: Judge }): ExternalInput[] {
  return modulePaths(settings).map(({ where, path }) => ({ where: `with.${where}`, module: path }));
}

/** The settings that name user modules, which the stage runs. */
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
