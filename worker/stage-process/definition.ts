import { compileSettings } from "../../compiler/inputs/ajv.js";
import { withoutShorthands } from "../../compiler/definition/shorthand.js";
import { problemsOfForm } from "../../compiler/inputs/form-problems.js";
import { plain, type Schema } from "../../compiler/schema/schema.js";
import { pathText } from "../../compiler/problem.js";
import { isObject, type JsonObject } from "../../platform/json.js";
import { writtenKinds, type WrittenKind } from "../../schemas/artifact.js";
import type { OwnStageDefinition, StageDescription } from "../../schemas/own-stage.js";

/** What is wrong with a stage's definition, or with the settings that it is given. */
export class InvalidStage extends Error {
  readonly where: string | undefined;
  /** @param where a path inside the definition, if the fault is at one */
  constructor(message: string, where?: string) {
    super(message);
    this.where = where;
  }
}

/** Returns the stage that a module exports. @throws InvalidStage */
export function stageIn(module: object): OwnStageDefinition {
  const found: unknown = "default" in module ? module.default : undefined;
  if (!isObject(found))
    throw new InvalidStage("the file has no default export: write export default defineStage({ … })");
  const stage = found as unknown as OwnStageDefinition;
  if (typeof stage.summary !== "string") throw new InvalidStage("must be one line of text", "summary");
  for (const part of ["with", "outputs"] as const)
    if (!isObject(stage[part]) || stage[part].type !== "object")
      throw new InvalidStage("must be made with Type.Object({ … })", part);
  if (!isObject(stage.metrics ?? {})) throw new InvalidStage("must map names to metric(unit, description)", "metrics");
  if (typeof stage.run !== "function") throw new InvalidStage("must be a function", "run");
  return stage;
}

/** A stage's definition without its code. @throws InvalidStage */
export function describe(stage: OwnStageDefinition): StageDescription {
  const { summary, metrics = {}, reads = [], writesOutsideStore = false, computesWithTensors = false } = stage;
  const learnsFrom = (stage.learnsFrom ?? {}) as StageDescription["learnsFrom"];
  if (typeof computesWithTensors !== "boolean") throw new InvalidStage("must be true or false", "computesWithTensors");
  const form = settingsForm(stage);
  for (const name of reads)
    if (form.properties?.[name] === undefined) throw new InvalidStage(`there is no setting ${name}`, "reads");
  const outputs = Object.entries(plain(stage.outputs).properties ?? {}).map(([name, { "x-artifact": kind }]) => {
    const written = writtenKinds.find((one) => one === kind);
    if (written !== undefined) return [name, written] as const;
    throw new InvalidStage(
      `must be an artifact of a kind that a stage can write: ${writtenKinds.join(", ")}`,
      `outputs.${name}`,
    );
  });
  for (const [output, names] of Object.entries(learnsFrom)) {
    if (!outputs.some(([name]) => name === output))
      throw new InvalidStage(`there is no output ${output}`, "learnsFrom");
    const unknown = names.find((name) => form.properties?.[name] === undefined);
    if (unknown !== undefined) throw new InvalidStage(`there is no setting ${unknown}`, `learnsFrom.${output}`);
  }
  return {
    summary,
    with: form,
    outputs: Object.fromEntries<WrittenKind>(outputs),
    metrics: Object.keys(metrics),
    reads,
    learnsFrom,
    writesOutsideStore,
    computesWithTensors,
  };
}

/** The settings with defaults filled in. @throws InvalidStage */
export async function checkedSettings(stage: OwnStageDefinition, given: JsonObject): Promise<JsonObject> {
  const form = settingsForm(stage);
  const settings = structuredClone(withoutShorthands(given, form));
  const problems = problemsOfForm(settings, [], { form, validate: await compileSettings(form) });
  const violated = problems.length > 0 ? [] : (stage.rules ?? []).map(({ check }) => check(settings as never));
  const found = [...problems.map(({ path, message }) => ({ at: path, message })), ...violated].filter(
    (one) => one !== undefined,
  );
  const [first] = found;
  if (first === undefined) return settings;
  const where = pathText(["with", ...first.at]);
  throw new InvalidStage(found.map(({ at, message }) => `${pathText(["with", ...at])} ${message}`).join("; "), where);
}

/** The form of the settings; a key that it does not name is a mistake unless it says otherwise. */
function settingsForm(stage: OwnStageDefinition): Schema {
  return { additionalProperties: false, ...plain(stage.with) };
}
