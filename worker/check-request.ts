import path from "node:path";
import { requestForm } from "../compiler/forms.js";
import { validateRunRequest } from "../compiler/generated/run-request.js";
import { pathText } from "../compiler/problem.js";
import { schemaProblems } from "../compiler/schema-errors.js";
import { PawlError } from "../platform/errors.js";
import { isDeeperThan } from "../platform/json.js";
import type { Plan } from "../schemas/plan.js";
import type { RunRequest } from "../schemas/run.js";

const example = '{"pipeline": "tiny", "inputs": {…}}';
const place = { where: "the workflow's input", expected: example, next: `give ${example} or {"definition": "…"}` };

/** Maps and lists inside one another: more than a definition may hold, which stands deeper in a plan. */
const deepest = 100;
/** Things that are wrong which the message names. */
const mostTold = 5;

/**
 * A workflow's input as a request, whoever sent it: what the workflow relies on is there and fits together, so that it
 * never stops half-way.
 * @throws PawlError INPUT_INVALID
 */
export function checkedRequest(given: unknown): RunRequest {
  const request: unknown = given ?? {};
  if (isDeeperThan(request, deepest))
    throw invalid(`maps and lists stand more than ${deepest} deep inside one another`, "deeper ones");
  if (!validateRunRequest(request)) {
    const problems = schemaProblems(validateRunRequest.errors ?? [], request, requestForm(), []);
    const told = problems.slice(0, mostTold).map(({ path, message }) => `${pathText(path)} ${message}`.trim());
    const more = problems.length > mostTold ? `; and ${problems.length - mostTold} more` : "";
    throw invalid(`the run's request is none: ${told.join("; ")}${more}`, problems[0]?.got ?? "another one");
  }
  const parts = [request.pipeline, request.definition, request.plan].filter((part) => part !== undefined).length;
  if (parts !== 1)
    throw invalid(
      "a run needs exactly one of pipeline, definition and plan",
      parts === 0 ? "none" : `${parts} of them`,
    );
  for (const project of [request.project, request.plan?.project])
    if (project !== undefined && !path.isAbsolute(project)) throw relativeProject(project);
  if (request.plan !== undefined) checkOrder(request.plan);
  return request;
}

/** Each worker would read it from the directory that it was started in. */
function relativeProject(project: string): PawlError {
  return new PawlError("INPUT_INVALID", "the run's project directory is not an absolute path", {
    where: "the workflow's input",
    expected: "an absolute path, as the workers see it",
    got: project,
    next: "give the whole path, or start it with `pawl run`",
  });
}

/** Every stage comes once, and after what it needs. */
function checkOrder({ stages }: Plan): void {
  const seen = new Set<string>();
  for (const { id, needs } of stages) {
    if (seen.has(id)) throw invalid(`the plan has two stages ${id}`, id);
    const missing = needs.find((need) => !seen.has(need));
    if (missing !== undefined)
      throw invalid(`the plan has no stage ${missing} before stages.${id}, which needs it`, id);
    seen.add(id);
  }
}

const invalid = (message: string, got: string): PawlError => new PawlError("INPUT_INVALID", message, { ...place, got });
