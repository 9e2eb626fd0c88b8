import path from "node:path";
import { requestForm } from "../../compiler/schema/forms.js";
import { validateRunRequest } from "../../compiler/generated/run-request.js";
import { pathText } from "../../compiler/problem.js";
import { schemaProblems } from "../../compiler/schema/schema-errors.js";
import { PawlError } from "../../platform/errors.js";
import { isDeeperThan } from "../../platform/json.js";
import type { Plan } from "../../schemas/plan.js";
import type { RunRequest } from "../../schemas/run.js";

const example = '{"pipeline": "tiny", "inputs": {…}}';
const facts = { where: "the workflow's input", expected: example, next: `give ${example} or {"definition": "…"}` };

/**
 * Maximum nesting depth of maps and lists: more than in a definition, which a plan nests deeper.
 */
const deepest = 100;
/** Maximum number of problems that the message names. */
const maxReported = 5;

/**
 * A workflow's input as a checked request, whoever sent it: what the workflow relies on exists and
 * is consistent, so that it never stops halfway.
 * @throws PawlError INPUT_INVALID
 */
export function checkedRequest(given: unknown): RunRequest {
  const request: unknown = given ?? {};
  if (isDeeperThan(request, deepest))
    throw invalid(`maps and lists are nested more than ${deepest} deep`, "deeper nesting");
  if (!validateRunRequest(request)) {
    const problems = schemaProblems(validateRunRequest.errors ?? [], request, requestForm(), []);
    const messages = problems.slice(0, maxReported).map(({ path, message }) => `${pathText(path)} ${message}`.trim());
    const more = problems.length > maxReported ? `; and ${problems.length - maxReported} more` : "";
    throw invalid(`the run's request is invalid: ${messages.join("; ")}${more}`, problems[0]?.got ?? "another value");
  }
  const { pipeline, definition, plan, planDigest, files } = request;
  const parts = [pipeline, definition, plan, planDigest].filter((part) => part !== undefined).length;
  if (parts !== 1)
    throw invalid(
      "a run needs exactly one of pipeline, definition and plan",
      parts === 0 ? "none" : `${parts} of them`,
    );
  // A pipeline of the project may run code, and so may its children: they are files of the project
  // as well.
  if (files !== undefined && definition === undefined) throw invalid("files are given only with a definition", "files");
  for (const project of [request.project, request.plan?.project])
    if (project !== undefined && !path.isAbsolute(project)) throw relativeProject(project);
  if (request.plan !== undefined) checkOrder(request.plan);
  return request;
}

/** Each worker would resolve it against the directory that it was started in. */
function relativeProject(project: string): PawlError {
  return new PawlError("INPUT_INVALID", "the run's project directory is not an absolute path", {
    where: "the workflow's input",
    expected: "an absolute path, as the workers see it",
    got: project,
    next: "give the absolute path, or start the run with `pawl run`",
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

const invalid = (message: string, got: string): PawlError => new PawlError("INPUT_INVALID", message, { ...facts, got });
