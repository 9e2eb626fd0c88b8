import { nearest } from "../expressions/nearest.js";
import { templateEvaluator } from "../expressions/evaluate.js";
import { isObject, type Json, type JsonObject } from "../platform/json.js";
import { append } from "../platform/lists.js";
import { ReferenceCollector } from "./check-references.js";
import { StageChecker } from "./check-stage.js";
import { longDurations } from "./definition/durations.js";
import { environmentProblems } from "./definition/environment.js";
import type { PlacedQuery } from "./definition/queries.js";
import { scheduleProblems } from "./definition/schedule.js";
import { pathInText } from "./definition/shorthand.js";
import { asPlanned, webhookProblems } from "./definition/webhooks.js";
import { validateDefinition } from "./generated/validators.js";
import type { PlacedForm } from "./inputs/check-answers.js";
import type { SettingsForm } from "./inputs/form-problems.js";
import type { PlacedCall } from "./inputs/child-inputs.js";
import type { Problem } from "./problem.js";
import { cycles, missingNeeds, needsOfLast, type Edge } from "./references/graph.js";
import type { Known } from "./references/resolve.js";
import { rowProblems } from "./references/rows.js";
import type { StandIn } from "./references/stand-in.js";
import { reviseProblem } from "./references/stand-ins.js";
import { definitionForm, namedTypes } from "./schema/forms.js";
import { schemaProblems } from "./schema/schema-errors.js";

/** The result of checking a definition: its problems, and the parts of the plan. */
export interface Checked {
  problems: Problem[];
  /**
   * The definition with expressions outside `with`, `if` and `outputs` replaced by their values.
   */
  definition: Json;
  edges: Edge[];
  /** Inputs that some expression uses. */
  usedInputs: ReadonlySet<string>;
  /** Queries that are known, in the definition or in files. */
  queries: readonly PlacedQuery[];
  forms: readonly PlacedForm[];
  /** What stages pass to the pipelines that they run. */
  calls: readonly PlacedCall[];
  /** Stand-ins for the expressions of `outputs`. */
  outputs: readonly StandIn[];
}

/**
 * Checks everything about a definition except its `inputs`.
 * @param known inputs known before the run
 * @param declared names of all inputs
 * @param own forms of settings by stage id, where they differ from those of the stage's type
 */
export function checkDefinition(
  value: Json,
  known: Omit<Known, "stages" | "evaluator">,
  declared: readonly string[],
  own: ReadonlyMap<string, SettingsForm> = new Map(),
): Checked {
  const stages = stageEntries(value);
  const ids = [...stages.keys()];
  const references = new ReferenceCollector({
    known: { ...known, stages, evaluator: templateEvaluator({ ...known, stages: {} }) },
    names: { inputs: declared, stages, children: known.children },
  });
  const checker = new StageChecker(references, own);
  const { definition, outputs } = checkParts(value, references, checker);
  const last = lastStages(stageEntries(definition));
  const problems = [
    ...references.problems,
    ...graphProblems(references.edges, ids, last),
    ...rowProblems(checker.checked),
    ...environmentProblems(isObject(value) ? value["env"] : undefined, stages),
  ];
  const { queries, forms, calls } = checker;
  return {
    problems: problems.map((problem) =>
      problem.place === undefined ? { ...problem, path: pathInText(problem.path, value) } : problem,
    ),
    definition,
    edges: [...references.edges, ...edgesToAll(last, ids)],
    usedInputs: references.usedInputs,
    ...{ queries, forms, calls, outputs },
  };
}

/**
 * Checks each part of a definition; returns it with settings resolved, and what stands for the
 * expressions of `outputs`.
 */
function checkParts(
  value: Json,
  references: ReferenceCollector,
  checker: StageChecker,
): { definition: Json; outputs: readonly StandIn[] } {
  const { problems } = references;
  if (!isObject(value)) {
    append(problems, shapeProblems(value, []));
    return { definition: value, outputs: [] };
  }
  const { inputs: _inputs, env, notify, schedule, concurrency, outputs, ...rest } = value;
  const { defaults, stages } = rest;
  const standIns: StandIn[] = [];
  const resolved: JsonObject = { ...rest };
  const shaped: JsonObject = isObject(env) ? { env: references.resolveForRun(env, ["env"], standIns) } : {};
  if (Array.isArray(notify)) {
    const found = (shaped["notify"] = references.resolveForRun(notify, ["notify"], standIns) as Json[]);
    append(problems, webhookProblems(found, standIns));
    resolved["notify"] = asPlanned(notify, found);
  }
  for (const [key, settings] of Object.entries({ schedule, concurrency, defaults }))
    if (settings !== undefined) resolved[key] = references.resolveSettings(settings, [key], standIns);
  append(problems, scheduleProblems(resolved["schedule"], standIns));
  if (isObject(stages))
    resolved["stages"] = Object.fromEntries(
      Object.entries(stages).map(([id, stage]) => [id, checker.check(id, stage, standIns)]),
    );
  const given = outputs === undefined ? [] : references.resolve(outputs, ["outputs"], references.scope).standIns;
  append(problems, shapeProblems({ ...value, ...resolved, ...shaped }, standIns));
  return { definition: { ...value, ...resolved }, outputs: given };
}

/** What does not fit the form of a definition; what is known only at run time is left out. */
function shapeProblems(value: Json, standIns: readonly StandIn[]): Problem[] {
  const found = validateDefinition(value)
    ? []
    : schemaProblems(validateDefinition.errors ?? [], value, definitionForm(), []);
  return [...found, ...longDurations(value, definitionForm(), [])]
    .map((problem) => reviseProblem(problem, standIns, definitionForm(), []))
    .filter((problem) => problem !== undefined)
    .map(stageTypeProblem);
}

/** The entries of `stages` that are mappings. */
export function stageEntries(value: Json): Map<string, JsonObject> {
  const section = isObject(value) ? value["stages"] : undefined;
  const entries = isObject(section) ? Object.entries(section) : [];
  return new Map(entries.filter((entry): entry is [string, JsonObject] => isObject(entry[1])));
}

/** Ids of the stages that run after all others. @param stages with their settings resolved */
function lastStages(stages: ReadonlyMap<string, JsonObject>): string[] {
  return [...stages].filter(([, stage]) => stage["finally"] === true).map(([id]) => id);
}

/** The needs of the last stages: all others. */
function edgesToAll(last: readonly string[], stages: readonly string[]): Edge[] {
  const others = stages.filter((id) => !last.includes(id));
  return last.flatMap((stage) => others.map((need) => ({ stage, need, path: ["stages", stage, "finally"] })));
}

function graphProblems(edges: readonly Edge[], stages: readonly string[], last: readonly string[]): Problem[] {
  const explicit = edges.filter(({ path }) => path[2] === "needs");
  const sound = edges.filter(({ need }) => stages.includes(need));
  return [...missingNeeds(explicit, stages), ...needsOfLast(sound, last), ...cycles(stages, sound)];
}

/** `uses` has its own code and advice. */
function stageTypeProblem(problem: Problem): Problem {
  const [root, , key] = problem.path;
  if (root !== "stages" || key !== "uses" || problem.path.length !== 3 || problem.code !== "NOT_ALLOWED")
    return problem;
  const written = problem.got?.replace(/^"|"$/g, "") ?? "";
  const guess = nearest(written, namedTypes);
  const choose =
    "choose one of those listed; a stage of your own is named by its file: ./stages/NAME.ts or PACKAGE/NAME.js";
  return {
    ...problem,
    code: "UNKNOWN_STAGE_TYPE",
    message: `: there is no stage type ${written}`,
    expected: namedTypes.join(", "),
    got: written,
    next: guess === undefined ? choose : `write ${guess}`,
  };
}
