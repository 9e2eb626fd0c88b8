import { PawlError } from "../platform/errors.js";
import type { Json, JsonObject } from "../platform/json.js";
import type { StageDescription } from "../schemas/own-stage.js";
import { stageDefinitions, stageTypes, type StageType } from "../schemas/stages/index.js";
import { withoutShorthands } from "./definition/shorthand.js";
import { compileSettings } from "./inputs/ajv.js";
import { refuseProblems } from "./inputs/check-with.js";
import { problemsOfForm, type SettingsForm } from "./inputs/form-problems.js";
import { stageEntries } from "./check.js";
import { withForm } from "./schema/forms.js";
import type { Problem } from "./problem.js";
import type { Path, Schema } from "./schema/schema.js";

/** Loads a stage of the project's own, without running it. Throws PawlError. */
export type DescribeStage = (file: string) => Promise<StageDescription>;

/** The type of built-in stage that stands for the project's own ones. */
const standsForOwn = stageTypes.find((type) => stageDefinitions[type].ownSettings !== undefined)!;
const settingsField: string = stageDefinitions[standsForOwn].ownSettings!;

/**
 * A definition in which each `uses` that names a file is replaced by the stage type that runs it.
 */
export interface Lowered {
  definition: Json;
  /**
   * Forms of the settings of the stages that stand for own ones, by id; those of the own stage are
   * in `settingsField`.
   */
  own: ReadonlyMap<string, SettingsForm>;
  problems: Problem[];
}

/** Whether `uses` names a file, and not a stage type. */
export const namesFile = (uses: Json | undefined): uses is string => typeof uses === "string" && uses.includes("/");

/** @param describe absent: no file is loaded */
export async function lowerOwnStages(definition: Json, describe: DescribeStage | undefined): Promise<Lowered> {
  const stages = stageEntries(definition);
  const files = new Set([...stages.values()].flatMap(({ uses }) => (namesFile(uses) ? [uses] : [])));
  const described = new Map<string, Described>();
  for (const file of files) described.set(file, await describedOrProblem(file, describe));
  const own = new Map<string, SettingsForm>();
  const problems: Problem[] = [];
  const lowered: JsonObject = {};
  for (const [id, stage] of stages) {
    const { uses } = stage;
    const found = namesFile(uses) ? described.get(uses) : undefined;
    if (uses === standsForOwn) problems.push(namedDirectly(id));
    if (found === undefined) continue;
    if ("problem" in found) {
      problems.push({ ...found.problem, path: ["stages", id, "uses"] });
    } else {
      lowered[id] = loweredStage(uses as string, stage, found.description);
      own.set(id, found.form);
    }
  }
  if (own.size === 0) return { definition, own, problems };
  const { stages: written } = definition as { stages: JsonObject };
  return { definition: { ...(definition as JsonObject), stages: { ...written, ...lowered } }, own, problems };
}

type Described = { description: StageDescription; form: SettingsForm } | { problem: Omit<Problem, "path"> };

async function describedOrProblem(file: string, describe: DescribeStage | undefined): Promise<Described> {
  try {
    if (describe === undefined)
      throw new PawlError("CODE_NOT_ALLOWED", "no stage of the project is loaded here", { got: file });
    const description = await describe(file);
    return { description, form: await readForm(description) };
  } catch (error) {
    if (!(error instanceof PawlError)) throw error;
    const { where = file, next = "correct the file", ...facts } = error.facts;
    const location = where === file || where === "uses" ? "" : ` ${where}:`;
    return { problem: { code: error.code, message: `:${location} ${error.message}`, ...facts, next } };
  }
}

async function readForm(description: StageDescription): Promise<SettingsForm> {
  const outer = withForm(standsForOwn);
  const form = { ...outer, properties: { ...outer.properties, [settingsField]: description.with as Schema } };
  return { form, validate: await compileSettings(form) };
}

function loweredStage(file: string, stage: JsonObject, description: StageDescription): JsonObject {
  const { outputs, metrics, reads, learnsFrom, writesOutsideStore, computesWithTensors } = description;
  const declared = {
    ...{ outputs: { ...outputs }, metrics: [...metrics], reads: [...reads] },
    ...(Object.keys(learnsFrom).length > 0 && { learnsFrom: { ...learnsFrom } }),
    ...(computesWithTensors && { computesWithTensors }),
  };
  const given = stage["with"] ?? {};
  return {
    ...(writesOutsideStore && { cache: false }),
    ...stage,
    uses: standsForOwn,
    with: { file, [settingsField]: given, ...declared },
  };
}

function namedDirectly(id: string): Problem {
  return {
    code: "NOT_ALLOWED",
    path: ["stages", id, "uses"],
    message: `: ${standsForOwn} is not written by its name`,
    expected: "the file that exports the stage",
    got: standsForOwn,
    next: "write uses: ./stages/NAME.ts",
  };
}

/**
 * Checks the settings of a stage of the project's own by its present definition; does nothing for
 * other stages.
 * @param settings of the stage that stands for it, checked
 * @param where the stage, as errors name it
 * @throws PawlError with the code of the first problem; what `describe` throws
 */
export async function checkOwnSettings(
  uses: StageType,
  settings: JsonObject,
  where: string,
  describe: DescribeStage,
): Promise<void> {
  if (uses !== standsForOwn) return;
  const form = (await describe(settings["file"] as string)).with as Schema;
  const validate = await compileSettings(form);
  const given = withoutShorthands(settings[settingsField]!, form);
  refuseProblems(problemsOfForm(structuredClone(given), [], { form, validate }), where);
}

/** The problems of a lowered definition, where they are in the definition as written. */
export function asWritten(found: readonly Problem[], { own, problems }: Lowered): Problem[] {
  // A file that could not be loaded is still in the place of a stage type.
  const reported = new Set(problems.map(({ path }) => path.join("/")));
  const others = found.filter(({ code, path }) => code !== "UNKNOWN_STAGE_TYPE" || !reported.has(path.join("/")));
  return [...problems, ...others.map((problem) => ({ ...problem, path: writtenPath(problem.path, own) }))];
}

function writtenPath(path: Path, own: Lowered["own"]): Path {
  const [root, id, part, field, ...rest] = path;
  if (root !== "stages" || part !== "with" || !own.has(String(id)) || field === undefined) return path;
  return field === settingsField ? ["stages", id!, "with", ...rest] : ["stages", id!, "uses"];
}
