import { Type, type Static } from "@sinclair/typebox";
import type { Hono } from "hono";
import { compileRun, runRequest, type CompiledRun } from "../../../api/definitions/compile-run.js";
import { expectedWork } from "../../../api/forecasting/expected-work.js";
import { forecast } from "../../../api/forecasting/forecast.js";
import { inputSchemas } from "../../../api/definitions/input-schemas.js";
import { completionsAt, hoverAt } from "../../../compiler/assist/index.js";
import { PipelineErrors } from "../../../compiler/errors.js";
import { readSource } from "../../../compiler/definition/source.js";
import { references } from "../../../expressions/references.js";
import { isObject, type JsonObject } from "../../../platform/json.js";
import { PawlError } from "../../../platform/errors.js";
import type { Plan } from "../../../schemas/plan.js";
import { typeNames } from "../../../report/type-names.js";
import { readPipelineFile } from "../../../worker/project/pipeline-file.js";
import { projectFiles } from "../../../worker/project/project-files.js";
import type { CheckMessage, PlanMessage, StartedMessage, WrittenStage } from "../../definition-messages.js";
import type { StudioContext } from "../context.js";
import { editorSchemas } from "../editor-schemas.js";
import { formFields } from "../form-fields.js";
import { readBody } from "../request-body.js";
import { isOwner } from "../sessions.js";
import { startDefinition } from "../start-definition.js";

export const writtenDefinition = Type.Object({
  text: Type.String(),
  file: Type.String(),
  inputs: Type.Unsafe<JsonObject>(Type.Record(Type.String(), Type.Unknown())),
  seed: Type.Optional(Type.Number()),
});
type Written = Static<typeof writtenDefinition>;

const place = Type.Object({ text: Type.String(), offset: Type.Integer({ minimum: 0 }) });

/**
 * A definition that somebody writes: what is wrong with it, what can be written, what would run,
 * and its start.
 */
export function definitionRoutes(app: Hono, context: StudioContext): void {
  const { home, project } = context;
  const schema = editorSchemas(project, () => projectFiles(project).describeStage);

  app.post("/api/definitions/check", async (c) =>
    c.json((await checked(context, await readBody(c, writtenDefinition))) satisfies CheckMessage),
  );

  app.post("/api/definitions/complete", async (c) => {
    const { text, offset } = await readBody(c, place);
    return c.json(completionsAt(text, offset, await schema()) ?? null);
  });

  app.post("/api/definitions/hover", async (c) => {
    const { text, offset } = await readBody(c, place);
    return c.json(hoverAt(text, offset, await schema()) ?? null);
  });

  app.post("/api/definitions/plan", async (c) => {
    const { plan } = await compiled(context, await readBody(c, writtenDefinition));
    return c.json((await expectedWork(home, plan, await forecast(home, plan), project)) satisfies PlanMessage);
  });

  app.post("/api/definitions/start", async (c) => {
    const written = await readBody(c, writtenDefinition);
    const run = await compiled(context, written);
    const starter = { isOwner: isOwner(c), isFile: await isDefinitionFile(context, written) };
    const runId = await startDefinition(context, runRequest(run), run.plan, starter);
    return c.json({ run: runId } satisfies StartedMessage);
  });
}

const compiled = ({ project }: StudioContext, { text, file, inputs, seed }: Written): Promise<CompiledRun> =>
  compileRun({ text, file, inputs, project, ...(seed !== undefined && { seed }) });

/** What is wrong with a definition and with the values of its inputs, in the order of the text. */
async function checked(context: StudioContext, written: Written): Promise<CheckMessage> {
  const inputs = formFields(inputSchemas(written.text));
  try {
    const { plan, warnings } = await compiled(context, written);
    return { errors: [], warnings, inputs, stages: writtenStages(plan) };
  } catch (error) {
    const stages = roughStages(written.text);
    if (error instanceof PipelineErrors) return { errors: [...error.errors], warnings: [], inputs, stages };
    if (!(error instanceof PawlError)) throw error;
    // An error in a file that the definition names has no line in the definition itself.
    const { code, message, facts } = error;
    const { where = written.file, next = "", ...others } = facts;
    const located = { code, message, file: where, line: 1, column: 1, ...others, next, excerpt: "" };
    return { errors: [located], warnings: [], inputs, stages };
  }
}

function writtenStages(plan: Plan): WrittenStage[] {
  const typeName = typeNames(plan);
  return plan.stages.map((stage) => ({ id: stage.id, uses: typeName(stage), needs: stage.needs, line: stage.line }));
}

/** The stages of a definition with mistakes, as far as it can be read. */
function roughStages(text: string): WrittenStage[] {
  const { source } = readSource(text);
  const { stages = {} } = isObject(source?.value) ? source.value : {};
  if (source === undefined || !isObject(stages)) return [];
  const stageLine = (id: string): number => text.slice(0, source.range(["stages", id], "key").start).split("\n").length;
  const ids = Object.keys(stages);
  return ids.map((id) => {
    const stage = isObject(stages[id]) ? stages[id] : {};
    const { uses, needs } = stage;
    const named = [needs ?? []].flat().filter((need) => typeof need === "string");
    const referred = references(stage).flatMap((reference) => ("stage" in reference ? [reference.stage] : []));
    const known = [...new Set([...named, ...referred])].filter((need) => need !== id && ids.includes(need));
    return { id, uses: typeof uses === "string" ? uses : "", needs: known, line: stageLine(id) };
  });
}

/** Whether a definition is that of a pipeline of the project, or of one that Pawl ships. */
async function isDefinitionFile({ project, home }: StudioContext, { text, file }: Written): Promise<boolean> {
  try {
    return (await readPipelineFile(file, project, home)).text === text;
  } catch {
    return false;
  }
}
