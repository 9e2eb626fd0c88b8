import { readFile } from "node:fs/promises";
import path from "node:path";
import { Type } from "@sinclair/typebox";
import type { Context, Hono } from "hono";
import { compile } from "../../../api/compile.js";
import { readSource } from "../../../compiler/definition/source.js";
import { proposal } from "../../../expressions/nearest.js";
import { namedFile, refuseEscape } from "../../../platform/containment.js";
import { sha256 } from "../../../platform/digests.js";
import { PawlError } from "../../../platform/errors.js";
import { isObject, type Json } from "../../../platform/json.js";
import { fileRoot } from "../../../platform/program/shipped.js";
import { writeFileWhole } from "../../../store/files.js";
import { knownPipelines, pipelineFile, readPipelineFile } from "../../../worker/project/pipeline-file.js";
import type { ListedPipeline, PipelineMessage } from "../../definition-messages.js";
import type { StudioContext } from "../context.js";
import { toFailure } from "../failure.js";
import { readBody } from "../request-body.js";
import { isOwner } from "../sessions.js";

const saveRequest = Type.Object({ text: Type.String(), before: Type.Union([Type.String(), Type.Null()]) });

/**
 * The pipelines of the project and those that Pawl ships: a list, their definitions, and saving
 * them.
 */
export function pipelineRoutes(app: Hono, context: StudioContext): void {
  const { project } = context;

  app.get("/api/pipelines", async (c) =>
    c.json(await Promise.all((await knownPipelines(project)).map((name) => listed(context, name)))),
  );

  app.get("/api/pipelines/:name", async (c) => c.json(await pipelineMessage(c, context, c.req.param("name"))));

  app.post("/api/pipelines/:name", async (c) => {
    const { text, before } = await readBody(c, saveRequest);
    await save(c, context, c.req.param("name"), { text, before });
    return c.json(await pipelineMessage(c, context, c.req.param("name")));
  });
}

async function listed({ project, home }: StudioContext, name: string): Promise<ListedPipeline> {
  const file = await pipelineFile(name, project).catch(() => `pipelines/${name}.yaml`);
  const found = { name, file, isShipped: isShipped(file, project), inputs: [], stages: [] };
  try {
    const { text } = await readPipelineFile(name, project, home);
    const definition = readSource(text).source?.value;
    if (!isObject(definition))
      throw new PawlError("YAML_SYNTAX", "this is not the YAML of a pipeline", { where: file });
    const { description, inputs, stages } = definition;
    return {
      ...found,
      ...(typeof description === "string" && { description }),
      inputs: isObject(inputs) ? Object.keys(inputs) : [],
      stages: isObject(stages) ? Object.entries(stages).map(([id, stage]) => ({ id, uses: stageType(stage) })) : [],
    };
  } catch (error) {
    return { ...found, problem: toFailure(error) };
  }
}

const stageType = (stage: Json): string => (isObject(stage) && typeof stage["uses"] === "string" ? stage["uses"] : "");

const isShipped = (file: string, project: string): boolean => fileRoot(file, project) !== project;

/** @throws PawlError PIPELINE_NOT_FOUND, PATH_TRAVERSAL */
async function pipelineMessage(c: Context, context: StudioContext, name: string): Promise<PipelineMessage> {
  const { project, home } = context;
  refuseEscape(name, { where: `pipelines/${name}`, next: "open a pipeline of the list" });
  const names = await knownPipelines(project);
  if (!names.includes(name))
    throw new PawlError("PIPELINE_NOT_FOUND", `there is no pipeline ${name}`, {
      where: "pipelines/",
      expected: names.join(", "),
      got: name,
      next: proposal(name, names, "open a pipeline of the list"),
    });
  const { file, text } = await readPipelineFile(name, project, home);
  return {
    ...{ name, file, text },
    isShipped: isShipped(file, project),
    digest: sha256(text),
    isOwner: isOwner(c),
  };
}

/**
 * Writes a pipeline of the project. A pipeline that Pawl ships is saved as one of the project,
 * which then goes first.
 * @throws PawlError REQUEST_REFUSED, PATH_TRAVERSAL, DATA_CHANGED; PipelineErrors: a definition
 *   with mistakes is not saved
 */
async function save(
  c: Context,
  { project, home }: StudioContext,
  name: string,
  { text, before }: { text: string; before: string | null },
): Promise<void> {
  if (!isOwner(c))
    throw new PawlError("REQUEST_REFUSED", "this browser may not save files of the project", {
      expected: "the session of the user who runs the studio, on its machine",
      got: "the session of somebody with a link",
      next: "copy the text into the file yourself, or run `pawl studio` on that machine and open the address that it prints",
    });
  if (!/^[\w][\w.-]*$/.test(name))
    throw new PawlError("PATH_TRAVERSAL", `${JSON.stringify(name)} cannot be the name of a pipeline`, {
      where: "pipelines/",
      expected: "letters, digits, - and _",
      got: name,
      next: "choose another name",
    });
  const file = (await pipelineFile(name, project)).split(path.sep).join("/");
  const next = "choose a file of the project";
  const real = await namedFile(project, file, home, { where: file, next });
  const present = await readFile(real, "utf8").catch(() => undefined);
  // A shipped pipeline that is saved for the first time has no file here yet.
  const digest = present === undefined ? undefined : sha256(present);
  if (digest !== undefined && digest !== before)
    throw new PawlError("DATA_CHANGED", `${file} has changed since it was opened here`, {
      where: file,
      expected: "the file as it was opened",
      got: "a file that something else has written",
      next: "copy your text, load the page again, and put it in",
    });
  await compile({ text, file }, { project });
  await writeFileWhole(real, text);
}
