import { parseCondition } from "../expressions/condition.js";
import { templateEvaluator } from "../expressions/evaluate.js";
import { ExpressionProblem } from "../expressions/problem.js";
import { expressionReferences } from "../expressions/references.js";
import { isObject, type Json, type JsonObject } from "../platform/json.js";
import { append } from "../platform/lists.js";
import { combinationText } from "../schemas/matrix.js";
import { secretName } from "../schemas/secrets.js";
import { runsPipeline, stageDefinitions, type StageType } from "../schemas/stages/index.js";
import type { PlacedForm } from "./inputs/check-answers.js";
import { formOfType, withProblems, type SettingsForm, type Unknowns } from "./inputs/check-with.js";
import type { PlacedCall } from "./inputs/child-inputs.js";
import { longDurations } from "./definition/durations.js";
import { environmentProblems } from "./definition/environment.js";
import { definitionForm, isStageType, namedTypes } from "./schema/forms.js";
import { validateDefinition } from "./generated/validators.js";
import { cycles, missingNeeds, needsOfLast, type Edge } from "./references/graph.js";
import { bothProblem, checkList, foreachForm } from "./definition/foreach.js";
import { combinationsOf, fitsMatrix, matrixProblems } from "./definition/matrix.js";
import type { Problem } from "./problem.js";
import { queriesIn, type PlacedQuery } from "./definition/queries.js";
import { referenceProblem, type Names } from "./references/references.js";
import { expressionProblem, resolve, type Known, type PlacedReference, type Resolved } from "./references/resolve.js";
import { rowProblems, type CheckedStage } from "./references/rows.js";
import { scheduleProblems } from "./definition/schedule.js";
import { scriptProblems } from "./definition/scripts.js";
import { schemaAt, type Path, type Schema } from "./schema/schema.js";
import { schemaProblems } from "./schema/schema-errors.js";
import { asPlanned, namesInWebhook, webhookProblems } from "./definition/webhooks.js";
import { pathInText, withoutShorthands } from "./definition/shorthand.js";
import { reviseProblem } from "./references/stand-ins.js";
import { nearest } from "../expressions/nearest.js";
import type { StandIn } from "./references/stand-in.js";

/** The result of checking a definition: its problems, and what the plan is made of. */
export interface Checked {
  problems: Problem[];
  /** The definition with expressions outside `with`, `if` and `outputs` replaced by their values. */
  definition: Json;
  edges: Edge[];
  /** Inputs that some expression uses. */
  usedInputs: ReadonlySet<string>;
  /** Queries that are known, in the definition or in files. */
  queries: readonly PlacedQuery[];
  forms: readonly PlacedForm[];
  /** What stages pass to the pipelines that they run. */
  calls: readonly PlacedCall[];
  /** What stands for the expressions of `outputs`. */
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
  const stages = stagesOf(value);
  const collector = new Collector(
    { ...known, stages, evaluator: templateEvaluator({ ...known, stages: {} }) },
    { inputs: declared, stages, children: known.children },
    own,
  );
  const definition = collector.definition(value);
  const last = lastStages(stagesOf(definition));
  const edges = [...collector.edges, ...edgesToAll(last, [...stages.keys()])];
  const problems = [
    ...collector.problems,
    ...graphProblems(collector.edges, [...stages.keys()], last),
    ...rowProblems(collector.checked),
    ...environmentProblems(isObject(value) ? value["env"] : undefined, stages),
  ];
  return {
    problems: problems.map((problem) =>
      problem.place === undefined ? { ...problem, path: pathInText(problem.path, value) } : problem,
    ),
    definition,
    edges,
    usedInputs: collector.usedInputs,
    queries: collector.queries,
    forms: collector.forms,
    calls: collector.calls,
    outputs: collector.outputs,
  };
}

/** The entries of `stages` that are mappings. */
export function stagesOf(value: Json): Map<string, JsonObject> {
  const section = isObject(value) ? value["stages"] : undefined;
  const entries = isObject(section) ? Object.entries(section) : [];
  return new Map(entries.filter((entry): entry is [string, JsonObject] => isObject(entry[1])));
}

/** Ids of the stages that run after all others. @param stages with their settings resolved */
function lastStages(stages: ReadonlyMap<string, JsonObject>): string[] {
  return [...stages].filter(([, stage]) => stage["finally"] === true).map(([id]) => id);
}

/** What the last stages wait for: all others. */
function edgesToAll(last: readonly string[], stages: readonly string[]): Edge[] {
  const others = stages.filter((id) => !last.includes(id));
  return last.flatMap((stage) => others.map((need) => ({ stage, need, path: ["stages", stage, "finally"] })));
}

function graphProblems(edges: readonly Edge[], stages: readonly string[], last: readonly string[]): Problem[] {
  const explicit = edges.filter(({ path }) => path[2] === "needs");
  const sound = edges.filter(({ need }) => stages.includes(need));
  return [...missingNeeds(explicit, stages), ...needsOfLast(sound, last), ...cycles(stages, sound)];
}

/** What the expressions of a stage can name and know: of all of them, or in one combination of its matrix. */
interface Scope {
  known: Known;
  names: Names;
  combination?: JsonObject;
}

class Collector {
  readonly problems: Problem[] = [];
  readonly edges: Edge[] = [];
  readonly usedInputs = new Set<string>();
  readonly queries: PlacedQuery[] = [];
  readonly forms: PlacedForm[] = [];
  readonly calls: PlacedCall[] = [];
  outputs: readonly StandIn[] = [];
  /** Stages whose settings are valid. */
  readonly checked: CheckedStage[] = [];
  readonly #known: Known;
  readonly #names: Names;
  readonly #own: ReadonlyMap<string, SettingsForm>;
  constructor(known: Known, names: Names, own: ReadonlyMap<string, SettingsForm>) {
    this.#known = known;
    this.#names = names;
    this.#own = own;
  }

  /** Checks the whole definition; returns it with settings resolved. */
  definition(value: Json): Json {
    if (!isObject(value)) {
      this.#checkShape(value, []);
      return value;
    }
    const { inputs: _inputs, env, notify, schedule, concurrency, outputs, ...rest } = value;
    const standIns: StandIn[] = [];
    const resolved: JsonObject = { ...rest };
    const shaped: JsonObject = isObject(env) ? { env: this.#ofRun(env, ["env"], standIns) } : {};
    if (Array.isArray(notify)) {
      const found = (shaped["notify"] = this.#ofRun(notify, ["notify"], standIns) as Json[]);
      append(this.problems, webhookProblems(found, standIns));
      resolved["notify"] = asPlanned(notify, found);
    }
    if (schedule !== undefined) {
      resolved["schedule"] = this.#settings(schedule, ["schedule"], standIns);
      append(this.problems, scheduleProblems(resolved["schedule"], standIns));
    }
    if (concurrency !== undefined) resolved["concurrency"] = this.#settings(concurrency, ["concurrency"], standIns);
    if (rest["defaults"] !== undefined) resolved["defaults"] = this.#settings(rest["defaults"], ["defaults"], standIns);
    if (isObject(rest["stages"]))
      resolved["stages"] = Object.fromEntries(
        Object.entries(rest["stages"]).map(([id, stage]) => [id, this.#stage(id, stage, standIns)]),
      );
    if (outputs !== undefined)
      this.outputs = this.#resolve(outputs, ["outputs"], { known: this.#known, names: this.#names }).standIns;
    this.#checkShape({ ...value, ...resolved, ...shaped }, standIns);
    return { ...value, ...resolved };
  }

  #checkShape(value: Json, standIns: readonly StandIn[]): void {
    const isValid = validateDefinition(value);
    const found = isValid ? [] : schemaProblems(validateDefinition.errors ?? [], value, definitionForm(), []);
    for (const problem of [...found, ...longDurations(value, definitionForm(), [])]) {
      const revised = reviseProblem(problem, standIns, definitionForm(), []);
      if (revised !== undefined) this.problems.push(stageTypeProblem(revised));
    }
  }

  #stage(id: string, stage: Json, standIns: StandIn[]): Json {
    if (!isObject(stage)) return stage;
    const path = ["stages", id];
    const { with: _with, if: _if, needs, uses, foreach, ...rest } = stage;
    const resolved = this.#settings(rest, path, standIns) as JsonObject;
    this.#needs(id, needs);
    if (isStageType(uses) && runsPipeline(uses)) append(this.problems, ofChildOnly(rest, path));
    let scopes = this.#scopes(resolved["matrix"], [...path, "matrix"]);
    if (foreach !== undefined) {
      if (resolved["matrix"] !== undefined) this.problems.push(bothProblem(path));
      const list = this.#foreach(id, foreachForm(foreach), [...path, "foreach"], standIns);
      resolved["foreach"] = list.form;
      scopes =
        resolved["matrix"] === undefined
          ? list.scopes
          : [{ ...scopes[0]!, names: { ...scopes[0]!.names, each: true } }];
    }
    for (const [i, scope] of scopes.entries()) {
      const before = this.problems.length;
      this.#body(id, stage, scope, i === 0);
      const found = this.problems.splice(before);
      append(this.problems, i === 0 ? found : found.map((problem) => inCombination(problem, scope.combination!)));
      if (found.length > 0) break;
    }
    return { ...stage, ...resolved };
  }

  /** One scope, or one for each combination of the stage's matrix. */
  #scopes(matrix: Json | undefined, path: Path): Scope[] {
    if (matrix === undefined) return [{ known: this.#known, names: this.#names }];
    const problems = fitsMatrix(matrix) ? matrixProblems(matrix, path) : [];
    append(this.problems, problems);
    if (!fitsMatrix(matrix) || problems.length > 0)
      return [{ known: this.#known, names: { ...this.#names, matrix: "unknown" } }];
    return combinationsOf(matrix).map((combination) => {
      const evaluator = templateEvaluator({ ...this.#known, stages: {}, matrix: combination });
      const names = { ...this.#names, matrix: Object.keys(combination) };
      return { known: { ...this.#known, evaluator, matrix: combination }, names, combination };
    });
  }

  /** The settings of `foreach`, and a scope for each item of its list or, if that is known only at run time, for all. */
  #foreach(id: string, form: Json, path: Path, standIns: StandIn[]): { form: Json; scopes: Scope[] } {
    const names = { ...this.#names, each: true };
    const unknown = { known: this.#known, names };
    if (!isObject(form) || form["items"] === undefined) return { form, scopes: [unknown] };
    const { items, ...options } = form;
    const settings = this.#settings(options, path, standIns) as JsonObject;
    const at = [...path, "items"];
    const resolved = this.#resolve(items, at, { known: this.#known, names: this.#names }, id);
    const list = checkList(resolved, settings, at);
    append(this.problems, list.problems);
    const scopeOf = (item: Json, index: number): Scope => {
      const combination = { item, index };
      const evaluator = templateEvaluator({ ...this.#known, stages: {}, each: combination });
      return { known: { ...this.#known, evaluator, each: combination }, names, combination };
    };
    const known = list.items?.map(scopeOf) ?? [];
    const scopes =
      known.length > 0 ? known : [{ known: { ...this.#known, ...(list.item && { item: list.item }) }, names }];
    return { form: { items, ...settings }, scopes };
  }

  /** @param isFirst of the stage's scopes: its references, edges and queries are noted */
  #body(id: string, { uses, if: condition, with: settings }: JsonObject, scope: Scope, isFirst: boolean): void {
    const path = ["stages", id];
    if (typeof condition === "string" && isFirst) this.#condition(id, condition, [...path, "if"], scope);
    if (isStageType(uses)) this.#with(id, uses, settings, [...path, "with"], scope, isFirst);
    else if (settings !== undefined && isFirst) this.#resolve(settings, [...path, "with"], scope, id);
  }

  #needs(id: string, needs: Json | undefined): void {
    const path = ["stages", id, "needs"];
    if (typeof needs === "string") this.edges.push({ stage: id, need: needs, path });
    else if (Array.isArray(needs))
      needs.forEach((need, i) => {
        if (typeof need === "string") this.edges.push({ stage: id, need, path: [...path, i] });
      });
  }

  #condition(id: string, text: string, path: Path, { names }: Scope): void {
    try {
      for (const reference of expressionReferences(parseCondition(text)))
        this.#reference({ reference, path }, names, id);
    } catch (error) {
      if (!(error instanceof ExpressionProblem)) throw error;
      this.problems.push(expressionProblem(error, path));
    }
  }

  #with(id: string, uses: StageType, settings: Json | undefined, path: Path, scope: Scope, isFirst: boolean): void {
    const settingsForm = this.#own.get(id) ?? formOfType(uses);
    const { form: schema } = settingsForm;
    if (settings === undefined) {
      const problems = withProblems(uses, {}, path);
      if (problems.length > 0) this.problems.push(missingWith(path, schema));
      return;
    }
    if (!isObject(settings)) return;
    const takesSecret = (at: Path): boolean => schemaAt(schema, at.slice(path.length))?.["x-secret"] === true;
    const written = withoutShorthands(settings, schema);
    const { value, standIns } = isFirst
      ? this.#resolve(written, path, scope, id, takesSecret)
      : this.#resolved(written, path, scope);
    if (isFirst) append(this.problems, scriptProblems(uses, written, path, this.#known.stages.get(id)?.["matrix"]));
    const unknowns: Unknowns = {
      covers: (field) =>
        standIns.some((standIn) => standIn.kind !== "known" && overlaps([...path, ...field], standIn.path)),
      revise: (problem) => reviseProblem(problem, standIns, schema, path),
    };
    const problems = withProblems(uses, value, path, unknowns, settingsForm);
    append(this.problems, onePerPlace(problems));
    if (problems.length === 0) this.#call(id, value as JsonObject, path, standIns, scope);
    if (problems.length > 0 || !isFirst) return;
    this.checked.push({ id, uses, settings: value as JsonObject, schema, path, standIns });
    const form = stageDefinitions[uses].declaredIn?.answers;
    if (form !== undefined) this.forms.push({ form: (value as JsonObject)[form] as JsonObject, path: [...path, form] });
    const unknown = standIns.filter(({ kind }) => kind !== "known").map((standIn) => standIn.path);
    append(this.queries, queriesIn(value, schema, path, unknown));
  }

  #call(id: string, settings: JsonObject, path: Path, standIns: readonly StandIn[], { combination }: Scope): void {
    const child = this.#known.children.get(id);
    if (child === undefined) return;
    const values = settings["inputs"] as JsonObject;
    this.calls.push({ child, path: [...path, "inputs"], values, standIns, ...(combination && { combination }) });
  }

  /** Settings may use inputs only: they must be known before the run. */
  #settings(value: Json, path: Path, standIns: StandIn[]): Json {
    const resolved = resolve(value, path, this.#known);
    append(this.problems, resolved.problems);
    for (const placed of resolved.references) {
      const { reference } = placed;
      if (reference.kind === "input") this.#reference(placed, this.#names);
      else this.problems.push(notInSettings(placed));
    }
    append(standIns, resolved.standIns);
    return resolved.value;
  }

  /** What belongs to the whole run may use inputs, facts of the run and, where the schema says so, secrets. */
  #ofRun(value: Json, path: Path, standIns: StandIn[]): Json {
    const resolved = this.#resolved(value, path, { known: this.#known, names: this.#names });
    for (const placed of resolved.references) {
      const { kind } = placed.reference;
      const takesSecret = schemaAt(definitionForm(), placed.path)?.["x-secret"] === true;
      if (kind === "input" || kind === "run" || kind === "secret")
        this.#reference(placed, { ...this.#names, ...namesInWebhook(placed.path) }, undefined, takesSecret);
      else this.problems.push(notOfRun(placed));
    }
    append(standIns, resolved.standIns);
    return resolved.value;
  }

  /** @param takesSecret whether a secret may stand at a path */
  #resolve(
    value: Json,
    path: Path,
    scope: Scope,
    stage?: string,
    takesSecret: (at: Path) => boolean = () => false,
  ): Resolved {
    const resolved = this.#resolved(value, path, scope);
    for (const placed of resolved.references) this.#reference(placed, scope.names, stage, takesSecret(placed.path));
    return resolved;
  }

  #resolved(value: Json, path: Path, { known }: Scope): Resolved {
    const resolved = resolve(value, path, known);
    append(this.problems, resolved.problems);
    return resolved;
  }

  #reference(placed: PlacedReference, names: Names, stage?: string, takesSecret = false): void {
    const { reference, path } = placed;
    if (reference.kind === "secret") {
      const misused = secretProblem(placed, takesSecret);
      if (misused !== undefined) this.problems.push(misused);
      return;
    }
    const problem = referenceProblem(placed, names);
    if (problem !== undefined) this.problems.push(problem);
    if (reference.kind === "input") this.usedInputs.add(reference.name);
    if (stage === undefined || !("stage" in reference)) return;
    const { offset, length } = reference;
    this.edges.push({ stage, need: reference.stage, path, span: { offset, length } });
  }
}

/** Keys of a stage that are settings of attempts: the stages of a child have their own. */
const ofAttempts = ["retry", "heartbeat", "checkpoint", "resources"];

/** Settings that a stage which runs a pipeline cannot have. */
function ofChildOnly(stage: JsonObject, path: Path): Problem[] {
  const found = ofAttempts.filter((key) => Object.hasOwn(stage, key));
  return found.map((key) => ({
    code: "NOT_ALLOWED",
    path: [...path, key],
    at: "key",
    message: "does not apply to a stage that runs a pipeline",
    expected: "matrix, foreach, needs, if, finally, timeout, cache, onFailure",
    got: key,
    next: `set ${key} in the stages of that pipeline, or in its defaults`,
  }));
}

/** A problem that the first combination of a matrix does not have. */
function inCombination(problem: Problem, combination: JsonObject): Problem {
  return { ...problem, message: `${problem.message}; in the combination ${combinationText(combination)}` };
}

/** Whether one path leads to the other, or inside it; `*` in the first is every index of a list. */
const overlaps = (field: Path, place: Path) =>
  field.slice(0, place.length).every((step, i) => step === place[i] || (step === "*" && typeof place[i] === "number"));

/** A stand-in that does not fit may violate several keywords. */
function onePerPlace(problems: readonly Problem[]): Problem[] {
  const artifacts = new Set<string>();
  return problems.filter((problem) => {
    if (problem.code !== "WRONG_ARTIFACT") return true;
    const id = JSON.stringify(problem.path);
    return !artifacts.has(id) && artifacts.add(id);
  });
}

function missingWith(path: Path, schema: Schema): Problem {
  const required = (schema.required ?? []).filter((name) => schema.properties?.[name]?.["default"] === undefined);
  return {
    code: "MISSING_KEY",
    path,
    at: "key",
    message: "is missing",
    expected: `with.${required.join(", with.")}`,
    next: `add with: { ${required.map((name) => `${name}: …`).join(", ")} }`,
  };
}

/** A secret that would be logged, or that cannot be one. */
function secretProblem({ reference, path }: PlacedReference, takesSecret: boolean): Problem | undefined {
  if (reference.kind !== "secret" || (takesSecret && secretName.test(reference.name))) return undefined;
  return {
    code: "NOT_ALLOWED",
    path,
    span: { offset: reference.offset, length: reference.length },
    message: takesSecret ? `: ${reference.name} cannot be the name of a secret` : ": a secret would be logged here",
    expected: takesSecret ? "letters, digits and _" : "a secret only in `env`, or in `url` of `notify`",
    got: reference.text,
    next: takesSecret ? "rename the secret" : "give it to the program: with.env, uses: command",
  };
}

function notInSettings({ reference, path }: PlacedReference): Problem {
  return {
    code: "BAD_EXPRESSION",
    path,
    span: { offset: reference.offset, length: reference.length },
    message: ": outside `with`, `if` and `outputs` an expression may use inputs only",
    expected: "inputs.NAME",
    got: reference.text,
    next: "use an input, or write the value",
  };
}

function notOfRun({ reference, path }: PlacedReference): Problem {
  return {
    code: "BAD_EXPRESSION",
    path,
    span: { offset: reference.offset, length: reference.length },
    message: ": for the whole run, an expression may use inputs, run and secrets only",
    expected: "inputs.NAME, run.NAME or secrets.NAME",
    got: reference.text,
    next: path[0] === "env" ? "set the variable in with.env of the stage" : "use what is known of the run",
  };
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
