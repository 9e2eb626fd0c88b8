import type { ArtifactKind } from "../schemas/artifact.js";
import { canonicalJson } from "../platform/text/canonical-json.js";
import { sha256 } from "../platform/digests.js";
import { PawlError } from "../platform/errors.js";
import { isObject, type Json, type JsonObject } from "../platform/json.js";
import { append } from "../platform/lists.js";
import type { DefinitionFile, DefinitionFiles } from "../schemas/plan.js";
import { runsPipeline } from "../schemas/stages/index.js";
import { PipelineErrors, type LocatedError } from "./errors.js";
import { isStageType } from "./schema/forms.js";
import type { Problem } from "./problem.js";
import type { Path } from "./schema/schema.js";
import type { StandIn } from "./references/stand-in.js";

/** Reads a definition that another one names. Throws PawlError. */
export type ReadDefinition = (name: string) => Promise<DefinitionFile>;

/** Maximum nesting depth of pipelines below the first. */
const deepest = 8;

/** What a parent knows about a pipeline that it runs. */
export interface Child {
  /** As written. */
  name: string;
  file: string;
  /** Its inputs: JSON Schemas by name. */
  inputs: JsonObject;
  outputs: Readonly<Record<string, OutputType>>;
  /** Levels of pipelines that run one another, from it downward. */
  levels: number;
  /** The definition and all that it names. */
  files: DefinitionFiles;
}

/** What is known about an output of a child before the run: see StandIn. */
export interface OutputType {
  kind: Exclude<StandIn["kind"], "known">;
  artifact?: ArtifactKind;
}

/** Children by the stage that runs them: a stage whose child could not be read has `undefined`. */
export type Children = ReadonlyMap<string, Child | undefined>;

/** The definitions that one compilation reads, each once. */
export class Library {
  readonly #read: ReadDefinition | undefined;
  readonly #files = new Map<string, Promise<DefinitionFile>>();
  /** Checked pipelines by file. */
  readonly checked = new Map<string, Promise<Omit<Child, "name"> | readonly LocatedError[]>>();

  constructor(read: ReadDefinition | undefined) {
    this.#read = read;
  }

  /** @throws PawlError */
  read(name: string): Promise<DefinitionFile> {
    const known = this.#files.get(name) ?? this.#readFirst(name);
    this.#files.set(name, known);
    return known;
  }

  async #readFirst(name: string): Promise<DefinitionFile> {
    if (this.#read !== undefined) return this.#read(name);
    const next = "compile with a function `readDefinition`, as `pawl run` does";
    throw new PawlError("PIPELINE_NOT_FOUND", "this compilation reads no files", { next });
  }
}

/** The files from the first definition to the current one; each runs the next. */
export type Trail = readonly string[];

/** Checks a definition as a child. Throws PipelineErrors. */
export type CheckChild = (definition: DefinitionFile, trail: Trail) => Promise<Omit<Child, "name" | "file">>;

/**
 * The children of a definition, and what is wrong with them: in the definition itself, and in their
 * own files.
 */
export interface ReadChildren {
  children: Children;
  problems: Problem[];
  errors: LocatedError[];
}

/** Reads and checks the pipelines that a definition's stages run. @param trail to the definition */
export async function readChildren(
  stages: ReadonlyMap<string, JsonObject>,
  library: Library,
  trail: Trail,
  check: CheckChild,
): Promise<ReadChildren> {
  const children = new Map<string, Child | undefined>();
  const found: ReadChildren = { children, problems: [], errors: [] };
  for (const [id, { uses, with: settings }] of stages) {
    if (!isStageType(uses) || !runsPipeline(uses)) continue;
    children.set(id, undefined);
    const name = isObject(settings) ? settings["pipeline"] : undefined;
    const path = ["stages", id, "with", "pipeline"];
    // The schema reports values that are not text.
    if (typeof name !== "string" || name === "") continue;
    if (name.includes("${{")) {
      found.problems.push(notWritten(name, path));
      continue;
    }
    try {
      const definition = await library.read(name);
      const impossible = nestingProblem(definition.file, trail, path);
      if (impossible !== undefined) {
        found.problems.push(impossible);
        continue;
      }
      const child = await checkedOnce(definition, library, trail, check);
      if ("length" in child) append(found.errors, child);
      else if (trail.length + child.levels - 1 > deepest) found.problems.push(tooDeep([...trail, child.file], path));
      else children.set(id, { name, ...child, files: { ...child.files, [name]: definition } });
    } catch (error) {
      if (!(error instanceof PawlError)) throw error;
      found.problems.push(readingProblem(error, name, path, trail.at(-1)));
    }
  }
  return found;
}

/** @returns the child, or what is wrong with it */
function checkedOnce(
  definition: DefinitionFile,
  { checked }: Library,
  trail: Trail,
  check: CheckChild,
): Promise<Omit<Child, "name"> | readonly LocatedError[]> {
  const { file } = definition;
  const known =
    checked.get(file) ??
    check(definition, trail).then(
      (child) => ({ ...child, file }),
      (error: unknown) => {
        if (error instanceof PipelineErrors) return error.errors;
        throw error;
      },
    );
  checked.set(file, known);
  return known;
}

/** Digest of a child: of its text, and of all that it names. */
export function childDigest({ name, files }: Child): string {
  const texts = Object.entries(files).map(([known, { text }]) => [known, sha256(text)]);
  return sha256(canonicalJson({ name, texts: Object.fromEntries(texts) as JsonObject }));
}

function notWritten(name: string, path: Path): Problem {
  return {
    code: "BAD_EXPRESSION",
    path,
    message: "must be written out: it is read before the run",
    expected: "a name in pipelines/ or a file",
    got: name,
    next: "write the name; for a choice, write a stage for each pipeline, with `if`",
  };
}

function nestingProblem(file: string, trail: Trail, path: Path): Problem | undefined {
  const from = trail.indexOf(file);
  if (from !== -1) {
    const circle = [...trail.slice(from), file].join(" -> ");
    const message =
      trail.at(-1) === file ? ": the pipeline runs itself" : `: these pipelines run one another: ${circle}`;
    return { code: "CYCLE", path, message, got: circle, next: "remove this stage, or name another pipeline" };
  }
  return trail.length > deepest ? tooDeep([...trail, file], path) : undefined;
}

function tooDeep(files: Trail, path: Path): Problem {
  return {
    code: "OUT_OF_RANGE",
    path,
    message: `: pipelines run one another more than ${deepest} deep`,
    expected: `at most ${deepest} below the first`,
    got: files.join(" -> "),
    next: "write the stages of one of them into another",
  };
}

/**
 * A file that cannot be read, as a problem of the definition that names it.
 * @param from that definition's file
 */
export function readingProblem(error: PawlError, name: string, path: Path, from = ""): Problem {
  const { where: _where, artifact: _artifact, next = "name another file", ...facts } = error.facts;
  const isMissing = error.code === "PIPELINE_NOT_FOUND";
  if (!isMissing || !/[/.]/.test(name))
    return { code: error.code, path, message: `: ${error.message}`, ...facts, next };
  const directory = from.slice(0, from.lastIndexOf("/") + 1);
  const file = name.replace(/^\.\//, "");
  const beside = `paths start at the project directory: write ${directory}${file} for a file beside this one`;
  return {
    code: error.code,
    path,
    message: ": there is no such file",
    expected: "a file below the project directory",
    got: name,
    next: directory === "" || file.startsWith(directory) ? "correct the path" : beside,
  };
}

/** The types of a definition's outputs. @param standIns of its expressions */
export function outputTypes(outputs: Json | undefined, standIns: readonly StandIn[]): Record<string, OutputType> {
  const names = isObject(outputs) ? Object.keys(outputs) : [];
  return Object.fromEntries(names.map((name) => [name, outputType(name, standIns)]));
}

function outputType(name: string, standIns: readonly StandIn[]): OutputType {
  const standIn = standIns.find(({ path }) => path.length === 2 && path[1] === name);
  if (standIn === undefined || standIn.kind === "known") return { kind: "unknown" };
  const { kind, artifact } = standIn;
  return { kind, ...(artifact && { artifact: artifact.kind }) };
}
