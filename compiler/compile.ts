import { sha256 } from "../platform/digests.js";
import { PawlError } from "../platform/errors.js";
import { isObject, type Json, type JsonObject } from "../platform/json.js";
import type { PipelineDefinition } from "../schemas/pipeline.js";
import type { DefinitionFile, DefinitionFiles, Plan } from "../schemas/plan.js";
import type { SchedulePlan } from "../schemas/schedules.js";
import { checkDefinition, stageEntries, type Checked } from "./check.js";
import { callProblems } from "./inputs/child-inputs.js";
import {
  Library,
  outputTypes,
  readChildren,
  type Child,
  type Children,
  type ReadDefinition,
  type Trail,
} from "./children.js";
import { DEFAULTS, LIMITS } from "./definition/defaults.js";
import { durationMs } from "../schemas/duration.js";
import { locate, PipelineErrors, type LocatedError } from "./errors.js";
import { includeStages, lineOfStage, locateIncluded, type Included } from "./definition/include.js";
import { validateDefinition } from "./generated/validators.js";
import { formProblems } from "./inputs/check-answers.js";
import { checkInputs } from "./inputs/inputs.js";
import { asWritten, lowerOwnStages, type DescribeStage } from "./own-stages.js";
import { schedulePlan } from "./definition/schedule.js";
import { plannedWebhook } from "./definition/webhooks.js";
import { planStages } from "./plan.js";
import type { Problem } from "./problem.js";
import { queryProblems, type ReadProjectFile } from "./definition/queries.js";
import { WholeStages } from "./definition/whole-stages.js";
import { readSource, type Source } from "./definition/source.js";

export interface CompileOptions {
  /** The definition, YAML. */
  text: string;
  /**
   * The file it came from, as errors name it and as the plan keeps it; absent for an inlined
   * definition.
   */
  file?: string;
  /** Values of the run's inputs. */
  inputs?: JsonObject;
  /** Root of the run's random numbers, instead of the definition's `seed`. */
  seed?: number;
  /** Reads the files of queries, to check them. Without it, only the stages check them. */
  readProjectFile?: ReadProjectFile;
  /**
   * Reads the definitions that this one names: pipelines that its stages run, and files that it
   * includes.
   */
  readDefinition?: ReadDefinition;
  /** Loads the stages that the definition names by their files (`uses: ./stages/NAME.ts`). */
  describeStage?: DescribeStage;
  /** The definition was stored before: notations of earlier versions are accepted. */
  formerNotations?: boolean;
}

/** A problem that does not prevent the run, in the form of an error. */
export type Warning = LocatedError;

/**
 * Compiles a definition for a run.
 * @throws PipelineErrors with everything that is wrong with the definition and with the values of
 *   its inputs
 */
export async function compilePipeline(
  options: CompileOptions,
): Promise<{ plan: Plan; schedule?: SchedulePlan; warnings: Warning[] }> {
  const { source, checked, inputs, included, children, files, warnings } = await check(options, options.inputs ?? {});
  const definition = sound(checked.definition);
  const { text, file } = options;
  const stageLine = (id: string): number => lineOfStage(id, included.origins, { text, source });
  const plan: Plan = {
    name: definition.name,
    ...(definition.description === undefined ? {} : { description: definition.description }),
    definitionDigest: sha256(text),
    ...(file === undefined ? {} : { file }),
    seed: options.seed ?? definition.seed ?? DEFAULTS.seed,
    inputs,
    ...(definition.concurrency && {
      concurrency: { group: definition.name, ...DEFAULTS.concurrency, ...definition.concurrency },
    }),
    ...(definition.notify && { notify: definition.notify.map(plannedWebhook) }),
    stages: planStages(definition, checked.edges, { stageLine, children }),
    outputs: (definition.outputs ?? {}) as JsonObject,
    ...(Object.keys(files).length > 0 && { files }),
  };
  return { plan, ...(definition.schedule && { schedule: schedulePlan(definition.schedule) }), warnings };
}

/**
 * Checks a definition without a run: inputs without a default may be anything that their schema
 * allows.
 * @throws PipelineErrors with everything that is wrong
 */
export async function validatePipeline(
  options: Omit<CompileOptions, "inputs" | "seed">,
): Promise<{ name: string; stages: string[]; files: DefinitionFiles; warnings: Warning[] }> {
  const { included, files, warnings } = await check(options, undefined);
  return { name: definitionName(included.value), stages: [...stageEntries(included.value).keys()], files, warnings };
}

/** A definition that passed all checks. */
function sound(definition: unknown): PipelineDefinition {
  if (validateDefinition(definition)) return definition;
  throw new PawlError("INTERNAL", "the definition fails a check that it passed before");
}

/** A definition's name, empty if it has none. */
function definitionName(definition: Json): string {
  const name = isObject(definition) ? definition["name"] : undefined;
  return typeof name === "string" ? name : "";
}

interface CheckedSource {
  source: Source;
  included: Included;
  checked: Checked;
  inputs: JsonObject;
  children: Children;
  /** What the definition names, and what that names. */
  files: DefinitionFiles;
  warnings: Warning[];
}

/** @param library @param trail of the definition that runs this one */
async function check(
  options: CompileOptions,
  given: JsonObject | undefined,
  library = new Library(options.readDefinition),
  trail: Trail = [],
): Promise<CheckedSource> {
  const { text, file = "definition" } = options;
  const read = readSource(text);
  const { source } = read;
  if (source === undefined) throw new PipelineErrors(locate(read.problems, text, file));
  const included = await includeStages(source.value, library, file);
  const lowered = await lowerOwnStages(included.value, options);
  const references = new WholeStages(stageEntries(lowered.definition), lowered.own);
  const value = withStages(lowered.definition, references.named());
  const checkChild = (definition: DefinitionFile, to: Trail): Promise<CheckedChild> =>
    describeChild(definition, options, library, to);
  const called = await readChildren(stageEntries(value), library, [...trail, file], checkChild);
  const inputs = await checkInputs(value, given);
  const seed = options.seed ?? numberAt(value, "seed") ?? DEFAULTS.seed;
  const run = { id: "", pipeline: definitionName(value), seed };
  const known = { inputs: inputs.values, run, children: called.children };
  const checked = checkDefinition(value, known, inputs.declared, lowered.own);
  const found = [
    ...called.problems,
    ...references.problems,
    ...checked.problems.map((problem) => references.asWritten(problem)),
    ...(await callProblems(checked.calls)),
  ];
  const problems = [
    ...read.problems,
    ...included.problems,
    ...inputs.problems,
    ...asWritten(found, lowered),
    ...shortHeartbeats(checked.definition),
    ...wrongSeed(options.seed),
    ...(await formProblems(checked.forms)),
    ...(await queryProblems(checked.queries, options.readProjectFile)),
  ];
  const location = { text, file, source };
  const own = locateIncluded(problems.filter(isReadable(source)), included.origins, location);
  const errors = withoutRepeats([...own, ...included.errors, ...called.errors]);
  if (errors.length > 0) throw new PipelineErrors(errors);
  const unused = inputs.declared.filter((name) => !checked.usedInputs.has(name)).map(unusedInput);
  const files = allFiles(included.files, called.children);
  const warnings = locate(unused, text, file, source);
  return { source, included, checked, inputs: inputs.values, children: called.children, files, warnings };
}

/** A definition with other stages. */
function withStages(definition: Json, stages: JsonObject): Json {
  if (!isObject(definition) || !isObject(definition["stages"])) return definition;
  return { ...definition, stages: { ...definition["stages"], ...stages } };
}

/** A file may be named several times. */
function withoutRepeats(errors: readonly LocatedError[]): LocatedError[] {
  return [...new Map(errors.map((error) => [JSON.stringify(error), error])).values()];
}

type CheckedChild = Omit<Child, "name" | "file">;

/** What a parent needs to know about a definition. */
async function describeChild(
  definition: DefinitionFile,
  { readProjectFile, describeStage, formerNotations = false }: CompileOptions,
  library: Library,
  trail: Trail,
): Promise<CheckedChild> {
  const readers = {
    ...(readProjectFile && { readProjectFile }),
    ...(describeStage && { describeStage }),
    formerNotations,
  };
  const { included, checked, children, files } = await check({ ...definition, ...readers }, undefined, library, trail);
  const { inputs = {}, outputs } = included.value as JsonObject;
  const below = [...children.values()].map((child) => child?.levels ?? 0);
  return {
    inputs: inputs as JsonObject,
    outputs: outputTypes(outputs, checked.outputs),
    levels: 1 + Math.max(0, ...below),
    files,
  };
}

function allFiles(included: DefinitionFiles, children: Children): DefinitionFiles {
  const ofChildren = [...children.values()].map((child) => child?.files ?? {});
  return Object.assign({}, included, ...ofChildren) as DefinitionFiles;
}

/** Files that could not be read have been reported already. */
function isReadable({ broken }: Source): (problem: Problem) => boolean {
  const paths = new Set(broken.map((path) => JSON.stringify(path)));
  return (problem) => problem.offset !== undefined || !paths.has(JSON.stringify(problem.path));
}

function numberAt(value: Json, key: string): number | undefined {
  const found = isObject(value) ? value[key] : undefined;
  return typeof found === "number" ? found : undefined;
}

/** With a shorter heartbeat every worker would be considered lost. */
function shortHeartbeats(definition: Json): Problem[] {
  const holders: [(string | number)[], JsonObject][] = [...stageEntries(definition)].map(([id, stage]) => [
    ["stages", id],
    stage,
  ]);
  const defaults = isObject(definition) ? definition["defaults"] : undefined;
  if (isObject(defaults)) holders.push([["defaults"], defaults]);
  return holders.flatMap(([path, { heartbeat }]): Problem[] => {
    if (typeof heartbeat !== "string" || !/^\d+(ms|s|m|h|d)$/.test(heartbeat)) return [];
    if (durationMs(heartbeat) >= LIMITS.heartbeatMs) return [];
    return [
      {
        code: "OUT_OF_RANGE",
        path: [...path, "heartbeat"],
        message: `must be >= 3s, got ${heartbeat}`,
        expected: "a worker that sends no heartbeat for this long is considered lost",
        got: heartbeat,
        next: "set it to 3s or more: with a shorter one, busy workers would be considered lost",
      },
    ];
  });
}

function wrongSeed(seed: number | undefined): Problem[] {
  if (seed === undefined || (Number.isInteger(seed) && seed >= 0 && seed <= 4294967295)) return [];
  return [
    {
      code: "INPUT_INVALID",
      path: ["seed"],
      message: `must be an integer from 0 to 4294967295, but the run was given ${seed}`,
      got: String(seed),
      next: "choose a seed in this range",
    },
  ];
}

function unusedInput(name: string): Problem {
  return {
    code: "NOT_ALLOWED",
    path: ["inputs", name],
    at: "key",
    message: "is not used",
    next: `use it as \${{ inputs.${name} }}, or remove it`,
  };
}
