import { templateEvaluator } from "../expressions/evaluate.js";
import { isObject, type Json, type JsonObject } from "../platform/json.js";
import { append } from "../platform/lists.js";
import { combinationText } from "../schemas/matrix.js";
import { runsPipeline, stageDefinitions, type StageType } from "../schemas/stages/index.js";
import type { ReferenceCollector, Scope } from "./check-references.js";
import { bothProblem, checkList, foreachForm } from "./definition/foreach.js";
import { expandMatrix, fitsMatrix, matrixProblems } from "./definition/matrix.js";
import { queriesIn, type PlacedQuery } from "./definition/queries.js";
import { scriptProblems } from "./definition/scripts.js";
import { expandResolved, withoutShorthands } from "./definition/shorthand.js";
import type { PlacedForm } from "./inputs/check-answers.js";
import { formOfType, withProblems } from "./inputs/check-with.js";
import type { SettingsForm, Unknowns } from "./inputs/form-problems.js";
import type { PlacedCall } from "./inputs/child-inputs.js";
import type { Problem } from "./problem.js";
import type { CheckedStage } from "./references/rows.js";
import type { StandIn } from "./references/stand-in.js";
import { reviseProblem } from "./references/stand-ins.js";
import { isStageType } from "./schema/forms.js";
import { schemaAt, type Path, type Schema } from "./schema/schema.js";

/** Checks stages one by one, and notes what of them is checked later. */
export class StageChecker {
  readonly queries: PlacedQuery[] = [];
  readonly forms: PlacedForm[] = [];
  readonly calls: PlacedCall[] = [];
  /** Stages whose settings are valid. */
  readonly checked: CheckedStage[] = [];
  readonly #problems: Problem[];

  /** @param own forms of settings by stage id, where they differ from those of the stage's type */
  constructor(
    private readonly references: ReferenceCollector,
    private readonly own: ReadonlyMap<string, SettingsForm>,
  ) {
    this.#problems = references.problems;
  }

  /** Checks a stage; returns it with its settings resolved. */
  check(id: string, stage: Json, standIns: StandIn[]): Json {
    if (!isObject(stage)) return stage;
    const path = ["stages", id];
    const { with: _with, if: _if, needs, uses, foreach, ...rest } = stage;
    const resolved = this.references.resolveSettings(rest, path, standIns) as JsonObject;
    this.#needs(id, needs);
    if (isStageType(uses) && runsPipeline(uses)) append(this.#problems, ofChildOnly(rest, path));
    let scopes = this.#scopes(resolved["matrix"], [...path, "matrix"]);
    if (foreach !== undefined) {
      if (resolved["matrix"] !== undefined) this.#problems.push(bothProblem(path));
      const list = this.#foreach(id, foreachForm(foreach), [...path, "foreach"], standIns);
      resolved["foreach"] = list.form;
      scopes =
        resolved["matrix"] === undefined
          ? list.scopes
          : [{ ...scopes[0]!, names: { ...scopes[0]!.names, each: true } }];
    }
    for (const [i, scope] of scopes.entries()) {
      const before = this.#problems.length;
      this.#body(id, stage, scope, i === 0);
      const found = this.#problems.splice(before);
      append(this.#problems, i === 0 ? found : found.map((problem) => inCombination(problem, scope.combination!)));
      if (found.length > 0) break;
    }
    return { ...stage, ...resolved };
  }

  /** One scope, or one for each combination of the stage's matrix. */
  #scopes(matrix: Json | undefined, path: Path): Scope[] {
    if (matrix === undefined) return [this.references.scope];
    const problems = fitsMatrix(matrix) ? matrixProblems(matrix, path) : [];
    append(this.#problems, problems);
    if (!fitsMatrix(matrix) || problems.length > 0)
      return [{ known: this.references.scope.known, names: { ...this.references.scope.names, matrix: "unknown" } }];
    return expandMatrix(matrix).map((combination) => {
      const evaluator = templateEvaluator({ ...this.references.scope.known, stages: {}, matrix: combination });
      const names = { ...this.references.scope.names, matrix: Object.keys(combination) };
      return { known: { ...this.references.scope.known, evaluator, matrix: combination }, names, combination };
    });
  }

  /**
   * The settings of `foreach`, and a scope for each item of its list or, if that is known only at
   * run time, for all.
   */
  #foreach(id: string, form: Json, path: Path, standIns: StandIn[]): { form: Json; scopes: Scope[] } {
    const names = { ...this.references.scope.names, each: true };
    const unknown = { known: this.references.scope.known, names };
    if (!isObject(form) || form["items"] === undefined) return { form, scopes: [unknown] };
    const { items, ...options } = form;
    const settings = this.references.resolveSettings(options, path, standIns) as JsonObject;
    const at = [...path, "items"];
    const resolved = this.references.resolve(items, at, this.references.scope, id);
    const list = checkList(resolved, settings, at);
    append(this.#problems, list.problems);
    const memberScope = (item: Json, index: number): Scope => {
      const combination = { item, index };
      const evaluator = templateEvaluator({ ...this.references.scope.known, stages: {}, each: combination });
      return { known: { ...this.references.scope.known, evaluator, each: combination }, names, combination };
    };
    const known = list.items?.map(memberScope) ?? [];
    const scopes =
      known.length > 0
        ? known
        : [{ known: { ...this.references.scope.known, ...(list.item && { item: list.item }) }, names }];
    return { form: { items, ...settings }, scopes };
  }

  /** @param isFirst of the stage's scopes: its references, edges and queries are noted */
  #body(id: string, { uses, if: condition, with: settings }: JsonObject, scope: Scope, isFirst: boolean): void {
    const path = ["stages", id];
    if (typeof condition === "string" && isFirst) this.references.condition(id, condition, [...path, "if"], scope);
    if (isStageType(uses)) this.#with(id, uses, settings, [...path, "with"], scope, isFirst);
    else if (settings !== undefined && isFirst) this.references.resolve(settings, [...path, "with"], scope, id);
  }

  #needs(id: string, needs: Json | undefined): void {
    const path = ["stages", id, "needs"];
    if (typeof needs === "string") this.references.edges.push({ stage: id, need: needs, path });
    else if (Array.isArray(needs))
      needs.forEach((need, i) => {
        if (typeof need === "string") this.references.edges.push({ stage: id, need, path: [...path, i] });
      });
  }

  #with(id: string, uses: StageType, settings: Json | undefined, path: Path, scope: Scope, isFirst: boolean): void {
    const settingsForm = this.own.get(id) ?? formOfType(uses);
    const { form: schema } = settingsForm;
    if (settings === undefined) {
      const problems = withProblems(uses, {}, path);
      if (problems.length > 0) this.#problems.push(missingWith(path, schema));
      return;
    }
    if (!isObject(settings)) return;
    const takesSecret = (at: Path): boolean => schemaAt(schema, at.slice(path.length))?.["x-secret"] === true;
    const written = withoutShorthands(settings, schema);
    const resolved = isFirst
      ? this.references.resolve(written, path, scope, id, takesSecret)
      : this.references.replaceExpressions(written, path, scope);
    const { value, standIns } = expandResolved(resolved.value, resolved.standIns, schema, path);
    if (isFirst)
      append(
        this.#problems,
        scriptProblems(uses, written, path, this.references.scope.known.stages.get(id)?.["matrix"]),
      );
    const unknowns: Unknowns = {
      covers: (field) =>
        standIns.some((standIn) => standIn.kind !== "known" && overlaps([...path, ...field], standIn.path)),
      revise: (problem) => reviseProblem(problem, standIns, schema, path),
    };
    const problems = withProblems(uses, value, path, unknowns, settingsForm);
    append(this.#problems, onePerPlace(problems));
    if (problems.length === 0) this.#call(id, value as JsonObject, path, standIns, scope);
    if (problems.length > 0 || !isFirst) return;
    this.checked.push({ id, uses, settings: value as JsonObject, schema, path, standIns });
    const form = stageDefinitions[uses].declaredIn?.answers;
    if (form !== undefined) this.forms.push({ form: (value as JsonObject)[form] as JsonObject, path: [...path, form] });
    const unknown = standIns.filter(({ kind }) => kind !== "known").map((standIn) => standIn.path);
    append(this.queries, queriesIn(value, schema, path, unknown));
  }

  #call(id: string, settings: JsonObject, path: Path, standIns: readonly StandIn[], { combination }: Scope): void {
    const child = this.references.scope.known.children.get(id);
    if (child === undefined) return;
    const values = settings["inputs"] as JsonObject;
    this.calls.push({ child, path: [...path, "inputs"], values, standIns, ...(combination && { combination }) });
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
