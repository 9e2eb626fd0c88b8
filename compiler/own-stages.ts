import { PawlError } from "../platform/errors.js";
import { isObject, type Json, type JsonObject } from "../platform/json.js";
import type { StageDescription } from "../schemas/own-stage.js";
import { runsPipeline, stageDefinitions, stageTypes, type StageType } from "../schemas/stages/index.js";
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

/** The type of built-in stage that runs a pipeline, which a definition names by its file. */
const standsForPipeline = stageTypes.find(runsPipeline)!;
/** Its setting with what the definition has in `with`. */
const inputsField = "inputs";

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
  /** The setting that holds what a stage that names a file has in `with`, by id. */
  settingsIn: ReadonlyMap<string, string>;
  problems: Problem[];
}

/** Whether `uses` names a pipeline's file. */
export const namesPipeline = (uses: Json | undefined): uses is string =>
  typeof uses === "string" && /\.ya?ml$/.test(uses);

/** Whether `uses` names the file of a stage of the project's own, and not a stage type. */
export const namesFile = (uses: Json | undefined): uses is string =>
  typeof uses === "string" && uses.includes("/") && !namesPipeline(uses);

interface LoweringOptions {
  /** Absent: no file is loaded. */
  describeStage?: DescribeStage;
  formerNotations?: boolean;
}

/** Replaces stages that name files by those that stand for them. */
export async function lowerOwnStages(
  definition: Json,
  { describeStage: describe, formerNotations = false }: LoweringOptions,
): Promise<Lowered> {
  const stages = stageEntries(definition);
  const files = new Set([...stages.values()].flatMap(({ uses }) => (namesFile(uses) ? [uses] : [])));
  const described = new Map<string, Described>();
  for (const file of files) described.set(file, await describedOrProblem(file, describe));
  const own = new Map<string, SettingsForm>();
  const settingsIn = new Map<string, string>();
  const problems: Problem[] = [];
  const lowered: JsonObject = {};
  for (const [id, stage] of stages) {
    const { uses } = stage;
    const found = namesFile(uses) ? described.get(uses) : undefined;
    if (uses === standsForOwn) problems.push(namedDirectly(id, standsForOwn, "./stages/NAME.ts"));
    if (uses === standsForPipeline && !formerNotations)
      problems.push(namedDirectly(id, standsForPipeline, pipelinePath(stage["with"]), "; its inputs are in with"));
    if (namesPipeline(uses)) {
      lowered[id] = { ...stage, uses: standsForPipeline, with: { pipeline: uses, [inputsField]: stage["with"] ?? {} } };
      settingsIn.set(id, inputsField);
    }
    if (found === undefined) continue;
    if ("problem" in found) {
      problems.push({ ...found.problem, path: ["stages", id, "uses"] });
    } else {
      lowered[id] = loweredStage(uses as string, stage, found.description);
      own.set(id, found.form);
      settingsIn.set(id, settingsField);
    }
  }
  if (settingsIn.size === 0) return { definition, own, settingsIn, problems };
  const { stages: written } = definition as { stages: JsonObject };
  const all = { ...(definition as JsonObject), stages: { ...written, ...lowered } };
  return { definition: all, own, settingsIn, problems };
}

/** The file of a pipeline that a definition named by its name. */
function pipelinePath(settings: Json | undefined): string {
  const name = isObject(settings) ? settings["pipeline"] : undefined;
  if (typeof name !== "string" || name.includes("${{")) return "./pipelines/NAME.yaml";
  return name.includes("/") || namesPipeline(name) ? name : `./pipelines/${name}.yaml`;
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

function namedDirectly(id: string, type: string, file: string, advice = ""): Problem {
  return {
    code: "NOT_ALLOWED",
    path: ["stages", id, "uses"],
    message: `: a ${type} is named by its file`,
    expected: file,
    got: type,
    next: `write uses: ${file}${advice}`,
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
export function asWritten(found: readonly Problem[], { settingsIn, problems }: Lowered): Problem[] {
  // A file that could not be loaded is still in the place of a stage type.
  const reported = new Set(problems.map(({ path }) => path.join("/")));
  const named = new Set(problems.filter(({ code }) => code === "NOT_ALLOWED").map(({ path }) => path[1]));
  const others = found.filter(({ code, path }) => {
    if (path[0] === "stages" && named.has(path[1])) return false;
    return code !== "UNKNOWN_STAGE_TYPE" || !reported.has(path.join("/"));
  });
  return [...problems, ...others.map((problem) => ({ ...problem, path: writtenPath(problem.path, settingsIn) }))];
}

function writtenPath(path: Path, settingsIn: Lowered["settingsIn"]): Path {
  const [root, id, part, field, ...rest] = path;
  const holder = settingsIn.get(String(id));
  if (root !== "stages" || part !== "with" || holder === undefined || field === undefined) return path;
  return field === holder ? ["stages", id!, "with", ...rest] : ["stages", id!, "uses"];
}
